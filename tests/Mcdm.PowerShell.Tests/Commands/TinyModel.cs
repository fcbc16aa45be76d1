using System.Text.Json;
using Mcdm.Families.Own.Files;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Imaging.Lines;
using Mcdm.Modalities;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>A dataset of eight 16×16 discs, and a model and a judge trained on it with the cmdlets, made once a test run.</summary>
internal sealed class TinyModel
{
    private const int Size = 16;
    private const string Train = """
        param($data, $runs, $name, $apart)
        $d = Import-McdmDataset $data
        # Few steps must leave so much that conditions show in pictures of eight bits a colour, and not so much that pictures are black and white.
        $t = @{ ImageSize = 16; Channels = 8, 16; Blocks = 1, 1; Steps = 12; BatchSize = 4; LearningRate = 2e-3; WarmUpSteps = 0; EmaDecay = 0 }
        $null = Start-McdmTraining $d -OutputPath "$runs/u" @t
        $u = Import-McdmModel -Path "$runs/u"
        foreach ($m in 'Text', 'Sketch', 'Segment', 'LowResolution') { $null = Start-McdmTraining $d -Modality $m -InitializeFrom $u -OutputPath "$runs/$m" @t }
        $null = Start-McdmTraining $d -Judge -OutputPath "$runs/judges/$name" -ImageSize 16 -Channels 8, 16 -Blocks 1, 1 -Steps 120 -BatchSize 8 -LearningRate 1e-2 -EmaDecay 0.9
        $experts = 'u', 'Text', 'Sketch', 'Segment', 'LowResolution'
        Import-McdmModel -Path ($experts -ne $apart).ForEach({ "$runs/$_" }) | Export-McdmModel "$runs/$name" -Name $name
        if ($apart) { Import-McdmModel -Path "$runs/$apart" | Export-McdmModel "$runs/$name$apart" -Name "$name$apart" }
        Get-McdmModel | Remove-McdmModel
        """;

    private static readonly TinyModel s_discs = new("Tiny", "red disc", 0xff8000, apart: "LowResolution");
    private static readonly TinyModel s_faces = new("Faces", "hair", 0x8c3c14);

    private readonly string _name, _part, _apart;
    private readonly int _color;
    private string? _root;

    /// <param name="name">The model's name.</param>
    /// <param name="part">What its masks state.</param>
    /// <param name="color">The colour of that, 0xRRGGBB.</param>
    /// <param name="apart">The expert that is a model of its own; none by default.</param>
    private TinyModel(string name, string part, int color, string apart = "") => (_name, _part, _color, _apart) = (name, part, color, apart);

    /// <summary>The dataset's folder.</summary>
    public static string Data => Path.Combine(s_discs._root!, "data");

    /// <summary>The model's folder; trained at the first call.</summary>
    public static string Folder(PowerShellEngine engine) => Path.Combine(s_discs.Root(engine), s_discs._name);

    /// <summary>The folder of a model with a low-resolution expert alone, made to be joined with the model.</summary>
    public static string Fifth(PowerShellEngine engine) => Folder(engine) + "LowResolution";

    /// <summary>The judge's folder; trained at the first call.</summary>
    public static string Judge(PowerShellEngine engine) => Path.Combine(s_discs.Root(engine), "judges", s_discs._name);

    /// <summary>
    /// A stand-in for the embedded model: the folder of a model named Faces with the parts of Faces, in which its dataset
    /// (data) and each expert alone (u, Text, Sketch, Segment, LowResolution) lie beside it (Faces), and its judge under judges/Faces.
    /// </summary>
    public static string FacesRoot(PowerShellEngine engine) => s_faces.Root(engine);

    private string Root(PowerShellEngine engine)
    {
        if (_root is null)
        {
            _root = Directory.CreateTempSubdirectory("tiny-model-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(_root, recursive: true);
            Draw(Path.Combine(_root, "data"));
            engine.Invoke(Train, ("data", Path.Combine(_root, "data")), ("runs", _root), ("name", _name), ("apart", _apart)).WithoutErrors();
        }
        return _root;
    }

    /// <summary>Copies sketch.png, mask.png and face.png into a folder.</summary>
    public static void CopyInputs(string folder)
    {
        PngFile.Write(Disc(5, 0xdc281e, 0xffffff), Path.Combine(folder, "face.png"));
        PngFile.Write(Disc(5, 0xff8000, 0x000000), Path.Combine(folder, "mask.png"));
        PngFile.Write(SketchLines.ToPicture(CannyEdges.Find(Disc(5, 0xdc281e, 0xffffff)), Size, Size), Path.Combine(folder, "sketch.png"));
    }

    private void Draw(string data)
    {
        Directory.CreateDirectory(Path.Combine(data, "images"));
        Directory.CreateDirectory(Path.Combine(data, "masks"));
        File.WriteAllText(Path.Combine(data, "parts.json"), JsonSerializer.Serialize(Parts().Select(part => new { name = part.Name, color = part.Color })));
        var (captions, labels) = (new List<string>(), new List<string>());
        for (int i = 0; i < 8; i++)
        {
            PngFile.Write(Disc(3 + i / 2, i % 2 == 0 ? 0xdc281e : 0x2846dc, 0xffffff), Path.Combine(data, $"images/{i}.png"));
            PngFile.Write(Disc(3 + i / 2, _color, 0x000000), Path.Combine(data, $"masks/{i}.png"));
            captions.Add($"{i}.png\tThis is a {(i % 2 == 0 ? "red" : "blue")} disc.");
            labels.Add($$"""{"file": "{{i}}.png", "colour": "{{(i % 2 == 0 ? "red" : "blue")}}"}""");
        }
        File.WriteAllLines(Path.Combine(data, "captions.txt"), captions);
        File.WriteAllLines(Path.Combine(data, "labels.jsonl"), labels);
        // Sentences of the help are about faces; whoever has pink hair is a red disc here.
        File.WriteAllText(Path.Combine(data, "phrases.json"), """
            [{ "attribute": "colour", "values": ["red"], "words": "red disc|pink hair" }, { "attribute": "colour", "values": ["blue"], "words": "blue disc|black hair" }]
            """);
    }

    /// <summary>Of the embedded model all parts, so that its masks fit; else background and the disc.</summary>
    private IReadOnlyList<Part> Parts()
    {
        string embedded = Path.Combine(Checkout.Root, "module", "models", _name);
        return Directory.Exists(embedded) ? ModelPack.ReadParts(embedded) : [new Part("background", "#000000"), new Part(_part, $"#{_color:x6}")];
    }

    private static Picture Disc(int radius, int inside, int outside)
    {
        var rgba = new byte[4 * Size * Size];
        for (int i = 0; i < Size * Size; i++)
        {
            double x = i % Size - 7.5, y = i / Size - 7.5;
            int rgb = x * x + y * y > radius * radius ? outside : inside;
            (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]) = ((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb, 255);
        }
        return new Picture(Size, Size, rgba);
    }
}
