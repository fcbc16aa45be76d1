using System.Text.Json;
using Mcdm.Core.Tests.Imaging;
using Mcdm.Datasets;
using Mcdm.Diffusion.Process;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Families.Own.Networks;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Imaging.Lines;
using Mcdm.Modalities;
using Mcdm.Training;

namespace Mcdm.Core.Tests;

/// <summary>Sixteen 16×16 "faces" (a coloured disc on a background) with masks, captions and attributes, and a way to train tiny experts on them.</summary>
public sealed class TinyFaces : IDisposable
{
    public const int Size = 16;
    private static readonly (string Name, PictureColor Color)[] Colors = [("red", new(220, 40, 30)), ("green", new(40, 180, 60)), ("blue", new(40, 70, 220)), ("grey", new(140, 140, 140))];
    public static readonly Part[] Parts = [new("background", "#000000"), new("disc", "#ff8000")];

    public TinyFaces()
    {
        Folder = Directory.CreateTempSubdirectory("tiny-faces-").FullName;
        Directory.CreateDirectory(Data("images"));
        Directory.CreateDirectory(Data("masks"));
        File.WriteAllText(Data("parts.json"), JsonSerializer.Serialize(Parts));
        var (captions, labels) = (new List<string>(), new List<string>());
        for (int i = 0; i < 16; i++)
        {
            var (name, color) = Colors[i % Colors.Length];
            int radius = 3 + i / 4;
            PngFile.Write(Disc(radius, color, PictureColor.White), Data($"images/{i:000}.png"));
            PngFile.Write(Disc(radius, new(255, 128, 0), Pictures.Black), Data($"masks/{i:000}.png"));
            captions.Add($"{i:000}.png\tThis is a {name} disc.");
            labels.Add(JsonSerializer.Serialize(new Dictionary<string, string?> { ["file"] = $"{i:000}.png", ["colour"] = name, ["sheen"] = name == "grey" ? null : radius < 5 ? "dull" : "bright" }));
        }
        File.WriteAllLines(Data("captions.txt"), captions);
        File.WriteAllLines(Data("labels.jsonl"), labels);
        File.WriteAllText(Data("phrases.json"), JsonSerializer.Serialize(
            Colors.Select(color => new { attribute = "colour", values = new[] { color.Name }, words = $"{color.Name} disc" }).Append(new { attribute = "sheen", values = new[] { "dull" }, words = "dull" })));
    }

    /// <summary>A folder of its own, deleted afterwards.</summary>
    public string Folder { get; }

    /// <summary>The output folder of a run.</summary>
    public string Run(string name) => Path.Combine([Folder, .. name.Split('/')]);

    /// <summary>The losses that a run logged, step by step.</summary>
    public double[] Losses(string run) => File.ReadLines(Path.Combine(Run(run), "loss.csv")).Skip(1).Select(line => double.Parse(line.Split(',')[1])).ToArray();

    public string Data(string path) => Path.Combine([Folder, "data", .. path.Split('/')]);

    public PictureDataset Dataset => PictureDataset.Open([Path.Combine(Folder, "data")]);

    public static TrainingOptions Options(Modality? modality = null, int steps = 4) => new()
    {
        Modality = modality,
        ImageSize = Size,
        Steps = steps,
        BatchSize = 4,
        WarmUpSteps = 1,
        LearningRate = 2e-3,
        Network = new UNetOptions { Channels = [8, 16], Blocks = [1, 1], AttentionLevels = [1], HeadChannels = 8 },
    };

    /// <summary>How to train a judge that knows the discs well after some 150 steps.</summary>
    public static TrainingOptions JudgeOptions(int steps) => Options(steps: steps) with
    {
        BatchSize = 8,
        LearningRate = 1e-2,
        EmaDecay = 0.9,
        Judge = new JudgeNetworkOptions { Channels = [16, 32], Blocks = [1, 1] },
    };

    /// <summary>How to train an autoencoder of factor 4: a latent for each 4×4 pixels.</summary>
    public static TrainingOptions AutoencoderOptions(int steps) => Options(steps: steps) with
    {
        BatchSize = 8,
        LearningRate = 5e-3,
        EmaDecay = 0.9,
        Autoencoder = new AutoencoderTraining { Network = new AutoencoderOptions { LatentChannels = 4, Width = 8 }, CropSize = 8, LatentNoise = 0.1 },
    };

    /// <summary>Trains a space and reads it back.</summary>
    public TrainedCodec TrainSpace(string run = "space", int steps = 2)
    {
        new Trainer(Dataset, AutoencoderOptions(steps), Run(run)).Run(resume: false);
        return SpacePack.Read(Run(run));
    }

    /// <summary>How to train an expert in a space.</summary>
    public static TrainingOptions OptionsIn(TrainedCodec codec, Modality? modality = null, int steps = 4)
    {
        var options = Options(modality, steps);
        return options with
        {
            Codec = codec.Identity,
            Factor = codec.Factor,
            Prediction = PredictionKind.Sample,
            LossFloor = 0.2,
            Network = options.Network with { ImageChannels = codec.Channels, PatchSize = 1, MapFactor = codec.Factor },
        };
    }

    /// <summary>A model with an expert of each modality in a space.</summary>
    public Model TrainAllIn(TrainedCodec codec)
    {
        var models = new List<Model>();
        foreach (Modality? modality in new Modality?[] { null, Modality.Text, Modality.Sketch, Modality.Segment, Modality.LowResolution })
        {
            string folder = Run($"latent-{Guid.NewGuid():N}");
            new Trainer(Dataset, OptionsIn(codec, modality), folder, codec).Run(resume: false);
            models.Add(ModelPack.Read(folder));
        }
        return Model.Join("TinyLatent", models);
    }

    /// <summary>Trains a judge and reads it back.</summary>
    public Judge TrainJudge(int steps = 150)
    {
        string folder = Path.Combine(Folder, $"judge-{Guid.NewGuid():N}");
        new Trainer(Dataset, JudgeOptions(steps), folder).Run(resume: false);
        return JudgePack.Read(folder);
    }

    /// <summary>Trains one expert and reads it back.</summary>
    public Model Train(Modality? modality, Expert? from = null, int steps = 4)
    {
        string folder = Path.Combine(Folder, $"run-{Guid.NewGuid():N}");
        new Trainer(Dataset, Options(modality, steps), folder) { InitializeFrom = from }.Run(resume: false);
        return ModelPack.Read(folder);
    }

    /// <summary>A model with an expert of each kind.</summary>
    public Model TrainAll()
    {
        var experts = new List<Expert>();
        foreach (Modality? modality in new Modality?[] { null, Modality.Text, Modality.Sketch, Modality.Segment }) { experts.AddRange(Train(modality).Experts); }
        return new Model("Tiny", experts);
    }

    public static Condition[] Conditions() =>
    [
        Condition.FromText("a red disc"),
        Condition.FromSketch(SketchLines.ToPicture(CannyEdges.Find(Disc(5, new(220, 40, 30), PictureColor.White)), Size, Size)),
        Condition.FromSegment(Disc(5, new(255, 128, 0), Pictures.Black)),
    ];

    /// <summary>The low-resolution version of a red disc, for an expert that is added to the others.</summary>
    public static Condition LowResolution() => Condition.FromLowResolution(Disc(5, new(220, 40, 30), PictureColor.White));

    public static Picture Disc(int radius, PictureColor inside, PictureColor outside)
    {
        var picture = Pictures.Filled(Size, Size, outside);
        for (int i = 0; i < Size * Size; i++)
        {
            double x = i % Size - 7.5, y = i / Size - 7.5;
            if (x * x + y * y > radius * radius) { continue; }
            (picture.Rgba[4 * i], picture.Rgba[4 * i + 1], picture.Rgba[4 * i + 2]) = (inside.Red, inside.Green, inside.Blue);
        }
        return picture;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
