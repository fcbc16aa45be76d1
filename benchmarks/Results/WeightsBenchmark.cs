using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Mcdm.Datasets;
using Mcdm.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Files;
using Mcdm.Json;
using Mcdm.Runtime;
using Mcdm.Training;
using Spectre.Console;

namespace Mcdm.Benchmarks.Results;

/// <summary>How calibrated weights change with the number of pictures they are fitted to.</summary>
internal static class WeightsBenchmark
{
    private const int LevelsShown = 8;

    public static int Run(string modelFolder, string dataFolder, int[] counts, string? output)
    {
        var device = ComputeDevice.Select(null);
        using var model = ModelPack.Read(modelFolder, device.ToTorch(), Precision.Auto.On(device));
        var items = PictureDataset.Open([dataFolder]).Items;
        var fits = new List<WeightCalibration>();
        foreach (int count in counts.Order())
        {
            var clock = Stopwatch.StartNew();
            fits.Add(new WeightFit(model.Experts, model.Name, new WeightFitOptions()) { Device = model.Device, Codec = model.Codec }.Run(items.Take(count).ToList()));
            Console.Error.WriteLine($"{count} pictures: {clock.Elapsed.TotalSeconds:0} s");
        }
        var most = fits[^1].Weights;
        foreach (var calibration in fits)
        {
            var table = new Table().Title($"weights of all together, from {calibration.Pictures} pictures").AddColumns(["t", .. calibration.Experts]);
            var weights = calibration.Weights;
            foreach (var level in calibration.Levels.Where((_, k) => k % Math.Max(1, calibration.Levels.Count / LevelsShown) == 0))
            {
                table.AddRow([level.Level.ToString(CultureInfo.InvariantCulture), .. calibration.Experts.Select(expert => $"{weights[expert].At(level.Level):0.000}")]);
            }
            double apart = calibration.Experts.SelectMany(expert => calibration.Levels.Select(level => Math.Abs(weights[expert].At(level.Level) - most[expert].At(level.Level)))).Average();
            AnsiConsole.Write(table.Caption($"mean distance to the fit of the most pictures: {apart:0.000}"));
        }
        if (output is not null) { AtomicFile.WriteText(output, JsonSerializer.Serialize(fits[^1], ModelJson.Options)); }
        return 0;
    }
}
