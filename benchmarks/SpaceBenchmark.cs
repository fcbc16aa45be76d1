using System.Diagnostics;
using Mcdm.Datasets;
using Mcdm.Display.Sheets;
using Mcdm.Evaluation;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Modalities.LowResolution;
using Mcdm.Runtime;
using Spectre.Console;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks;

/// <summary>What an autoencoder keeps of faces that it did not learn from: each is encoded, decoded and rounded to bytes, as a sampled picture is.</summary>
internal static class SpaceBenchmark
{
    private const int Shown = 12;

    public static int Run(string space, string dataFolder, int count, string sheet)
    {
        if (Repository.Lacks(dataFolder)) { return 1; }
        using var codec = SpacePack.Read(space);
        var items = PictureDataset.Open([dataFolder]).Items.Take(count).ToList();
        var shown = new List<Picture>();
        double error = 0, grainBefore = 0, grainAfter = 0, flatBefore = 0, flatAfter = 0;
        var clock = new Stopwatch();
        foreach (var item in items)
        {
            var picture = item.ReadPicture();
            clock.Start();
            var kept = Reconstruct(codec, picture);
            clock.Stop();
            error += PeakSignalToNoise.MeanSquaredError(kept, picture);
            (grainBefore, grainAfter) = (grainBefore + Grain.InCorner(picture), grainAfter + Grain.InCorner(kept));
            (flatBefore, flatAfter) = (flatBefore + Flatness.Share(Flatness.Of(picture))!.Value, flatAfter + Flatness.Share(Flatness.Of(kept))!.Value);
            if (shown.Count < 2 * Shown) { shown.AddRange([picture, kept]); }
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(sheet))!);
        PngFile.Write(ContactSheet.Arrange(shown, null, new ContactSheetOptions { Columns = 6 }), sheet, overwrite: true);
        AnsiConsole.Write(new Table().Title($"{codec}: {items.Count} pictures; {clock.Elapsed.TotalMilliseconds / items.Count:0.0} ms each; the first of them in {sheet}")
            .AddColumns("", "PSNR (dB)", "grain", "flat share")
            .AddRow("pictures", "", $"{grainBefore / items.Count:0.000}", $"{flatBefore / items.Count:0.000}")
            .AddRow("reconstructed", $"{PeakSignalToNoise.Of(error / items.Count):0.00}", $"{grainAfter / items.Count:0.000}", $"{flatAfter / items.Count:0.000}"));
        return 0;
    }

    private static Picture Reconstruct(TrainedCodec codec, Picture picture)
    {
        using var scope = NewDisposeScope();
        return PictureTensor.FromTensor(codec.Decode(codec.Encode(PictureTensor.ToTensor(picture).unsqueeze(0))).squeeze(0));
    }
}
