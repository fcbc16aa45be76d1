using System.Diagnostics;
using Mcdm.Benchmarks.Faces;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Imaging;
using Mcdm.Imaging.Lines;
using Mcdm.Modalities;
using Mcdm.Modalities.Sketch;
using Mcdm.Runtime;
using Mcdm.Sampling;
using Spectre.Console;

namespace Mcdm.Benchmarks;

/// <summary>The figures that say whether pictures follow their conditions, over faces that no model saw.</summary>
internal static class QualityBenchmark
{
    private const int BatchSize = 8;

    private static readonly (string Name, Func<HeldOutFace, Condition[]> Conditions)[] Compositions =
    [
        ("text", face => [face.Text]),
        ("sketch", face => [face.Sketch]),
        ("segment", face => [face.Segment]),
        ("text + segment", face => [face.Text, face.Segment]),
        ("text + sketch", face => [face.Text, face.Sketch]),
        ("sketch + segment", face => [face.Sketch, face.Segment]),
        ("all three", face => [face.Text, face.Sketch, face.Segment]),
    ];

    public static string[] CompositionNames => Compositions.Select(composition => composition.Name).ToArray();

    public static int Run(string modelFolder, string dataFolder, int count, int steps, string[] compositions)
    {
        if (Repository.Lacks(dataFolder)) { return 1; }
        var device = ComputeDevice.Select(null);
        using var model = ModelPack.Read(modelFolder, device.ToTorch(), Precision.Auto.On(device));
        var judge = new FaceJudge(Path.Combine(dataFolder, "palette.json"));
        var faces = HeldOutFace.Read(dataFolder, model.Space.PictureWidth).Take(count).ToList();

        var table = new Table().Title($"{faces.Count} held-out faces, {steps} steps of DPM-Solver++(2M), {model.Precision}")
            .AddColumns("conditions", "hair colour right", "edge F1", "hair region IoU", "seconds");
        Add(table, "the faces themselves", faces, batch => batch.Select(face => face.Picture), judge);
        foreach (var (name, conditions) in Compositions.Where(composition => compositions.Contains(composition.Name)))
        {
            Add(table, name, faces, batch => Sample(model, batch, conditions, steps), judge);
            Console.Error.WriteLine($"{name}: done");
        }
        AnsiConsole.Write(table);
        return 0;
    }

    /// <summary>One picture of each face's conditions, with the face's number as seed.</summary>
    private static List<Picture> Sample(Model model, HeldOutFace[] batch, Func<HeldOutFace, Condition[]> conditions, int steps)
    {
        using var generator = new ImageGenerator(model) { BatchSize = BatchSize };
        foreach (var face in batch) { generator.Add(new GenerationRequest { Conditions = conditions(face), Seed = long.Parse(face.Name), Sampling = new SamplerOptions { Steps = steps } }); }
        return generator.Sample(rest: true).SelectMany(sampled => sampled.Images).Select(image => image.Picture).ToList();
    }

    private static void Add(Table table, string name, List<HeldOutFace> faces, Func<HeldOutFace[], IEnumerable<Picture>> draw, FaceJudge judge)
    {
        var clock = Stopwatch.StartNew();
        int colorRight = 0;
        double edges = 0, overlap = 0;
        foreach (var (face, picture) in faces.Chunk(BatchSize).SelectMany(batch => batch.Zip(draw(batch))))
        {
            if (judge.HairColor(picture) == face.HairColor) { colorRight++; }
            edges += EdgeAgreement.F1(CannyEdges.Find(picture), face.Edges, picture.Width);
            overlap += judge.HairOverlap(picture, face.MaskParts, face.HairColor);
        }
        table.AddRow(name, $"{100.0 * colorRight / faces.Count:0.0} %", $"{edges / faces.Count:0.000}", $"{overlap / faces.Count:0.000}", $"{clock.Elapsed.TotalSeconds:0}");
    }
}
