using System.Text.Json;
using Mcdm.Core.Tests.Imaging;
using Mcdm.Datasets;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Families.Own.Networks;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Modalities.Segment;
using Mcdm.Sampling;
using Mcdm.Training;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Training;

/// <summary>Another domain than faces, as tools/fashion prepares it: grey photographs of 32×32 pixels, masks of two parts, and experts of pixels that look at each pixel.</summary>
public sealed class GarmentTests : IDisposable
{
    private const int Size = 32, Count = 8;
    private readonly SampleFiles _files = new();

    public GarmentTests()
    {
        Directory.CreateDirectory(_files.PathOf("data/images"));
        Directory.CreateDirectory(_files.PathOf("data/masks"));
        for (int i = 0; i < Count; i++)
        {
            _files.Write($"data/images/{i:00000}.png", SampleFiles.Png(Size, Size, 8, 0, Block(i, Grey(i))));
            _files.Write($"data/masks/{i:00000}.png", SampleFiles.Png(Size, Size, 8, 0, Block(i, 255)));
        }
        File.WriteAllText(_files.PathOf("data/parts.json"), """[{"name": "background", "color": "#000000"}, {"name": "garment", "color": "#ffffff"}]""");
        File.WriteAllLines(_files.PathOf("data/captions.txt"), Enumerable.Range(0, Count).Select(i => $"{i:00000}.png\tA {Brightness(i)} {Class(i)}."));
        File.WriteAllLines(_files.PathOf("data/labels.jsonl"), Enumerable.Range(0, Count).Select(i => JsonSerializer.Serialize(new { file = $"{i:00000}.png", @class = Class(i), brightness = Brightness(i) })));
        File.WriteAllText(_files.PathOf("data/phrases.json"), """[{"attribute": "brightness", "values": ["dark"], "words": "dark"}, {"attribute": "class", "values": ["bag"], "words": "bag|handbag"}]""");
    }

    private PictureDataset Dataset => PictureDataset.Open([_files.PathOf("data")]);

    private static byte Grey(int i) => (byte)(40 + 30 * i);

    private static string Brightness(int i) => Grey(i) < 130 ? "dark" : "bright";

    private static string Class(int i) => i < 6 ? "bag" : "pullover";

    /// <summary>Grey levels of a garment that is wider the higher its number.</summary>
    private static byte[] Block(int i, byte grey)
    {
        var rows = new byte[Size * Size];
        for (int y = 10; y < 28; y++) { rows.AsSpan(y * Size + 10 - i, 12 + 2 * i).Fill(grey); }
        return rows;
    }

    private static TrainingOptions Options(Modality? modality = null) => new()
    {
        Modality = modality,
        ImageSize = Size,
        Steps = 2,
        BatchSize = 2,
        WarmUpSteps = 1,
        Prediction = PredictionKind.Sample,
        Network = new UNetOptions { PatchSize = 1, Channels = [8, 16, 16], Blocks = [1, 1, 1], AttentionLevels = [2], HeadChannels = 8 },
    };

    private Model Train(Modality? modality, Expert? from = null)
    {
        string run = _files.PathOf($"run-{Expert.NameOf(modality)}");
        new Trainer(Dataset, Options(modality), run) { InitializeFrom = from }.Run(resume: false);
        return ModelPack.Read(run, CPU, ScalarType.Float32);
    }

    [Fact]
    public void Grey_pictures_and_masks_are_read_as_what_they_show()
    {
        var item = Dataset.Items[3];
        var picture = item.ReadPicture(Size, Size);
        Assert.Equal(Block(3, Grey(3)).SelectMany(grey => new byte[] { grey, grey, grey, 255 }), picture.Rgba);
        byte[] parts = new SegmentEncoder(Dataset.Parts, Size, Size).Classes(Condition.FromSegment(item.ReadMask!()));
        Assert.Equal(Block(3, 1), parts);
    }

    [Fact]
    public void Experts_of_pixels_that_were_trained_apart_are_packed_and_compose()
    {
        using var unconditional = Train(null);
        var models = new List<Model> { unconditional };
        foreach (var modality in new[] { Modality.Text, Modality.Segment, Modality.Sketch }) { models.Add(Train(modality, unconditional.Unconditional)); }
        ModelPack.Write(Model.Join("Garments", models), _files.PathOf("pack"));
        models.ForEach(model => model.Dispose());

        using var pack = ModelPack.Read(_files.PathOf("pack"));
        Assert.All(pack.Experts, expert => Assert.Equal((1, PredictionKind.Sample), (((TrainedExpert)expert).Options.PatchSize, expert.Prediction)));
        Assert.Equal((false, Size), (pack.Space.IsLatent, pack.Space.PictureWidth));
        Assert.Equal(["background", "garment"], pack.Expert("segment").Parts!.Select(part => part.Name));

        var item = Dataset.Items[5];
        var picture = item.ReadPicture(Size, Size);
        var conditions = new[] { Modality.Text, Modality.Segment, Modality.Sketch }.Select(modality => modality.ConditionOf(item, picture, modality.ExpertName)).ToList();
        using var generator = new ImageGenerator(pack);
        Picture Draw(IReadOnlyList<Condition> asked) => generator.Generate(new GenerationRequest { Conditions = asked, Seed = 7, Sampling = new SamplerOptions { Steps = 2 } }).Single().Picture;
        var drawn = Draw(conditions);
        Assert.Equal((Size, Size), (drawn.Width, drawn.Height));
        Assert.Equal(drawn.Rgba, Draw([.. conditions.AsEnumerable().Reverse()]).Rgba);
        Assert.NotEqual(drawn.Rgba, Draw(conditions[..1]).Rgba);
    }

    [Fact]
    public void An_expert_of_one_map_that_looks_at_each_pixel_is_read_and_written_again_as_it_was()
    {
        // Its kernel has a single input channel, so its layout in memory is channels-last already.
        using var sketch = Train(Modality.Sketch);
        Assert.Equal(1, ((TrainedExpert)sketch.Experts[0]).Network.named_parameters().Single(parameter => parameter.name == "_condition.weight").parameter.shape[1]);
        ModelPack.Write(sketch, _files.PathOf("again"));
        Assert.Equal(File.ReadAllBytes(_files.PathOf("run-sketch/sketch.safetensors")), File.ReadAllBytes(_files.PathOf("again/sketch.safetensors")));
    }

    [Fact]
    public void A_judge_that_looks_at_each_pixel_sees_what_the_labels_and_masks_tell()
    {
        new Trainer(Dataset, Options() with { Judge = new JudgeNetworkOptions { PatchSize = 1, Channels = [8, 16], Blocks = [1, 1] } }, _files.PathOf("judge")).Run(resume: false);
        using var judge = JudgePack.Read(_files.PathOf("judge"));
        var seen = judge.Look([Dataset.Items[0].ReadPicture()]).Single();
        Assert.Equal(Size * Size, seen.Parts.Length);
        Assert.Equal(["brightness", "class"], seen.Attributes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["class: bag", "brightness: dark"], judge.Phrases.Read("a handbag that is dark").Select(statement => $"{statement}"));
    }

    public void Dispose() => _files.Dispose();
}
