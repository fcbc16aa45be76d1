using System.CommandLine;
using System.Runtime.InteropServices;
using Mcdm.Datasets;
using Mcdm.Formats;
using Mcdm.Runtime;
using Mcdm.Training;

namespace Mcdm.Benchmarks.Baselines;

/// <summary>Trains what the composed experts are compared with, and shows what it draws.</summary>
internal static class BaselineCommand
{
    public static Command Create() => new("baseline", "What the experts are compared with: a network trained on all labels at once, and a product-of-experts VAE.") { Train() };

    private static Command Train()
    {
        var kind = new Argument<string>("kind") { Description = "joint or vae." };
        kind.AcceptOnlyFromAmong("joint", "vae");
        var data = new Option<string>("--data") { Description = "Faces drawn by tools/faces.", DefaultValueFactory = _ => Repository.File("data/faces") };
        var output = new Option<string>("--out") { Description = "Folder of the run.", Required = true };
        var steps = new Option<int>("--steps") { Description = "Steps.", DefaultValueFactory = _ => 4500 };
        var batch = new Option<int>("--batch-size") { Description = "Pictures a step.", DefaultValueFactory = _ => 32 };
        var rate = new Option<double>("--learning-rate") { Description = "Highest learning rate.", DefaultValueFactory = _ => 4e-4 };
        var start = new Option<string?>("--init") { Description = "Model pack whose unconditional expert the joint network starts from." };
        var command = new Command("train", "Trains one; started again, it goes on from its checkpoint.") { kind, data, output, steps, batch, rate, start };
        command.SetAction(arguments =>
        {
            string folder = arguments.GetValue(output)!;
            bool resume = Trainer.CanResume(folder);
            var options = resume ? Trainer.OptionsOf(folder) : new TrainingOptions
            {
                Steps = arguments.GetValue(steps),
                BatchSize = arguments.GetValue(batch),
                LearningRate = arguments.GetValue(rate),
                TimestepBias = 0.5,
                BFloat16 = Processor.HasBFloat16,
                CheckpointSeconds = 150,
            };
            return Run(arguments.GetValue(kind)!, arguments.GetValue(data)!, folder, options, resume, arguments.GetValue(start));
        });
        return command;
    }

    private static int Run(string kind, string data, string folder, TrainingOptions options, bool resume, string? start)
    {
        Engine.Start();
        using var stop = new CancellationTokenSource();
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        using var pack = start is null || resume ? null : ModelPack.Read(start);
        PictureDataset Folders(params string[] names) => PictureDataset.Open(names.Select(name => Path.Combine(data, name)).ToList());
        Objective objective = kind == "joint"
            ? new JointObjective(Folders("paired"), options, leftOut: 0.2)
            : new VaeObjective(Folders("sketch", "segment", "text"), options);
        var trainer = new Trainer(objective, options, folder)
        {
            InitializeFrom = pack?.Expert(null),
            Progress = progress =>
            {
                if (progress.Step % 50 == 0) { Console.WriteLine($"{progress.Step} of {progress.Steps}, loss {progress.Loss:0.00000}, {progress.PicturesPerSecond:0.0} pictures/s, {progress.Remaining:h\\:mm\\:ss} left"); }
            },
        };
        var result = trainer.Run(resume, stop.Token);
        Console.WriteLine($"{result.Step} of {result.Steps} steps, {result.PicturesSeen} pictures, loss {result.Loss:0.00000}, {result.Duration:h\\:mm\\:ss}");
        return 0;
    }
}
