using System.Text.Json;
using Mcdm.Imaging;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>A dataset of eight 16×16 discs and a model trained on it with the cmdlets, made once a test run.</summary>
internal static class TinyModel
{
    private const int Size = 16;
    private const string Train = """
        param($data, $runs)
        $d = Import-McdmDataset $data
        $t = @{ ImageSize = 16; Channels = 8, 16; Blocks = 1, 1; Steps = 3; BatchSize = 4 }
        $null = Start-McdmTraining $d -OutputPath "$runs/u" @t
        $u = Import-McdmModel -Path "$runs/u"
        foreach ($m in 'Text', 'Sketch', 'Segment') { $null = Start-McdmTraining $d -Modality $m -InitializeFrom $u -OutputPath "$runs/$m" @t }
        $all = @(Import-McdmModel -Path "$runs/u", "$runs/Text", "$runs/Sketch", "$runs/Segment")
        $all | Export-McdmModel "$runs/Tiny" -Name Tiny
        Get-McdmModel | Remove-McdmModel
        """;

    private static string? s_root;

    /// <summary>The dataset's folder.</summary>
    public static string Data => Path.Combine(s_root!, "data");

    /// <summary>The model's folder; trained at the first call.</summary>
    public static string Folder(PowerShellEngine engine)
    {
        if (s_root is null)
        {
            s_root = Directory.CreateTempSubdirectory("tiny-model-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(s_root, recursive: true);
            Draw();
            engine.Invoke(Train, ("data", Data), ("runs", s_root)).WithoutErrors();
        }
        return Path.Combine(s_root, "Tiny");
    }

    /// <summary>Copies sketch.png, mask.png and face.png into a folder.</summary>
    public static void CopyInputs(string folder)
    {
        PngFile.Write(Disc(5, 0xdc281e, 0xffffff), Path.Combine(folder, "face.png"));
        PngFile.Write(Disc(5, 0xff8000, 0x000000), Path.Combine(folder, "mask.png"));
        PngFile.Write(SketchLines.ToPicture(CannyEdges.Find(Disc(5, 0xdc281e, 0xffffff)), Size, Size), Path.Combine(folder, "sketch.png"));
    }

    private static void Draw()
    {
        Directory.CreateDirectory(Path.Combine(Data, "images"));
        Directory.CreateDirectory(Path.Combine(Data, "masks"));
        File.WriteAllText(Path.Combine(Data, "parts.json"), JsonSerializer.Serialize(new[] { new { name = "background", color = "#000000" }, new { name = "red disc", color = "#ff8000" } }));
        var captions = new List<string>();
        for (int i = 0; i < 8; i++)
        {
            PngFile.Write(Disc(3 + i / 2, i % 2 == 0 ? 0xdc281e : 0x2846dc, 0xffffff), Path.Combine(Data, $"images/{i}.png"));
            PngFile.Write(Disc(3 + i / 2, 0xff8000, 0x000000), Path.Combine(Data, $"masks/{i}.png"));
            captions.Add($"{i}.png\tThis is a {(i % 2 == 0 ? "red" : "blue")} disc.");
        }
        File.WriteAllLines(Path.Combine(Data, "captions.txt"), captions);
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
