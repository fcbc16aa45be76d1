using System.Diagnostics;
using Mcdm.Datasets;
using Mcdm.Diffusion.Process;
using Mcdm.Modalities;
using Mcdm.Runtime;
using Mcdm.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks;

/// <summary>How many pictures a second each kind of expert learns from: the network of the embedded model, in pixels at half their size.</summary>
internal static class TrainingBenchmark
{
    /// <summary>Steps before the clock starts: the first ones make what later ones use again.</summary>
    private const int Uncounted = 5;

    public static int Run(string data, string? deviceName, int steps, int batch)
    {
        if (Repository.Lacks(Path.Combine(data, "text", "captions.txt"))) { return 1; }
        var device = ComputeDevice.Select(deviceName);
        var precision = Precision.Auto.On(device);
        var table = new Table().Title($"{device.Description}, {precision.ToString().ToLowerInvariant()}, {steps} steps of {batch} pictures").AddColumns("expert", "pictures/s", "ms a step");
        foreach (var modality in new Modality?[] { null, Modality.Text, Modality.Segment, Modality.Sketch, Modality.LowResolution })
        {
            string folder = Directory.CreateTempSubdirectory("mcdm-training-").FullName;
            try
            {
                var clock = new Stopwatch();
                var options = new TrainingOptions { Modality = modality, Steps = Uncounted + steps, BatchSize = batch, BFloat16 = precision == ScalarType.BFloat16, Prediction = PredictionKind.Sample };
                var dataset = PictureDataset.Open([Path.Combine(data, modality == Modality.Text ? "text" : modality == Modality.Segment ? "segment" : "sketch")]);
                var trainer = new Trainer(dataset, options, folder)
                {
                    Device = device.ToTorch(),
                    Progress = progress =>
                    {
                        if (progress.Step == Uncounted) { clock.Start(); }
                        if (progress.Step == progress.Steps) { clock.Stop(); }
                    },
                };
                trainer.Run(resume: false);
                table.AddRow(options.Name, $"{steps * batch / clock.Elapsed.TotalSeconds:0.0}", $"{clock.Elapsed.TotalMilliseconds / steps:0}");
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        AnsiConsole.Write(table);
        return 0;
    }
}
