using System.CommandLine;
using System.Runtime.InteropServices;
using Mcdm.Benchmarks.Results;
using Mcdm.Datasets;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Display.Sheets;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.Runtime;
using Mcdm.Training;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Baselines;

/// <summary>Trains what the composed experts are compared with, and shows what it draws.</summary>
internal static class BaselineCommand
{
    public static Command Create() => new("baseline", "What the experts are compared with: a network trained on all labels at once, and a product-of-experts VAE.") { Train(), Sample() };

    private static Command Train()
    {
        var kind = new Argument<string>("kind") { Description = "joint or vae." };
        kind.AcceptOnlyFromAmong("joint", "vae");
        var data = new Option<string>("--data") { Description = "Folders that tools/faces drew or tools/fashion prepared.", DefaultValueFactory = _ => Repository.File("data/faces128") };
        var output = new Option<string>("--out") { Description = "Folder of the run.", Required = true };
        var steps = new Option<int>("--steps") { Description = "Steps.", DefaultValueFactory = _ => 4500 };
        var batch = new Option<int>("--batch-size") { Description = "Pictures a step.", DefaultValueFactory = _ => 32 };
        var rate = new Option<double>("--learning-rate") { Description = "Highest learning rate.", DefaultValueFactory = _ => 4e-4 };
        var start = new Option<string?>("--init") { Description = "Model pack whose unconditional expert the joint network starts from: in its space, of its shape, predicting what it predicts." };
        var space = new Option<string?>("--space") { Description = "Folder of a space: the joint network learns its latents instead of pixels." };
        var size = new Option<int?>("--size") { Description = "Side of the square pictures in pixels: 64, or what the space or the expert of --init was trained with." };
        var place = new Option<string?>("--device") { Description = "Where to train, such as cpu or cuda; the fastest device by default." };
        var command = new Command("train", "Trains one; started again, it goes on from its checkpoint.") { kind, data, output, steps, batch, rate, start, space, size, place };
        command.Validators.Add(arguments =>
        {
            if (arguments.GetValue(kind) == "vae" && arguments.GetValue(space) is not null) { arguments.AddError("A VAE has latents of its own; --space is for the joint network."); }
        });
        command.SetAction(arguments =>
        {
            Engine.Start();
            var device = ComputeDevice.Select(arguments.GetValue(place), Console.Error.WriteLine);
            string folder = arguments.GetValue(output)!;
            var started = Trainer.CanResume(folder) ? Trainer.OptionsOf(folder) : null;
            using var pack = started is null && arguments.GetValue(start) is { } from ? ModelPack.Read(from) : null;
            string? spaceFolder = arguments.GetValue(space) ?? (started?.InSpace == true ? folder : null);
            using var codec = spaceFolder is null ? null : SpacePack.Read(spaceFolder, device.ToTorch());
            var options = started ?? new TrainingOptions
            {
                ImageSize = arguments.GetValue(size) ?? codec?.ImageSize ?? pack?.Space.PictureWidth ?? new TrainingOptions().ImageSize,
                Steps = arguments.GetValue(steps),
                BatchSize = arguments.GetValue(batch),
                LearningRate = arguments.GetValue(rate),
                BFloat16 = Precision.Auto.On(device) == ScalarType.BFloat16,
                CheckpointSeconds = 150,
            };
            if (started is null && codec is not null) { options = InSpace(options, codec); }
            if (pack?.Unconditional is { } unconditional) { options = Like(options, unconditional); }
            return Run(arguments.GetValue(kind)!, arguments.GetValue(data)!, folder, options, resume: started is not null, pack?.Unconditional, codec, device);
        });
        return command;
    }

    /// <summary>As the expert was trained that the network starts from: all that it has learnt is then of use.</summary>
    private static TrainingOptions Like(TrainingOptions options, Expert expert) => options with
    {
        Prediction = expert.Prediction,
        Network = expert is TrainedExpert trained ? trained.Options with { ConditionChannels = 0, Text = null } : options.Network,
    };

    /// <summary>As experts are trained in a space: they predict the picture, and the network looks at each latent.</summary>
    private static TrainingOptions InSpace(TrainingOptions options, TrainedCodec codec) => options with
    {
        Codec = codec.Identity,
        Factor = codec.Factor,
        Prediction = PredictionKind.Sample,
        LossFloor = 0.2,
        Network = options.Network with { ImageChannels = codec.Channels, PatchSize = 1, MapFactor = codec.Factor },
    };

    private static Command Sample()
    {
        var kind = new Argument<string>("kind") { Description = "joint or vae." };
        kind.AcceptOnlyFromAmong("joint", "vae");
        var run = new Option<string>("--run") { Description = "Folder of the run.", Required = true };
        var data = new Option<string>("--data") { Description = "Held-out pictures with masks and captions.", DefaultValueFactory = _ => Repository.File("data/faces128/held-out") };
        var output = new Option<string>("--out") { Description = "The PNG to draw.", Required = true };
        var command = new Command("sample", "Draws from subsets of the conditions of held-out pictures on one sheet, for eyes.") { kind, run, data, output };
        command.SetAction(arguments => DrawSheet(arguments.GetValue(kind)!, arguments.GetValue(run)!, arguments.GetValue(data)!, arguments.GetValue(output)!));
        return command;
    }

    private static int DrawSheet(string kind, string run, string data, string output)
    {
        const int Shown = 8;
        string[] rows = ["none", "text", "sketch", "segment", "text + segment", "all three"];
        using IBaseline baseline = kind == "joint" ? new JointBaseline(run) : new VaeBaseline(run);
        var heldOut = new HeldOutPictures(data, Shown, baseline.ImageSize);
        var sampled = rows.SelectMany(row => baseline.Generate(
            heldOut.Take(Shown, HeldOutPictures.Compositions[row]).Select(one => one.Conditions).ToList(), Enumerable.Range(0, Shown).Select(seed => (long)seed).ToArray(), new SamplerOptions()));
        var sentences = heldOut.Take(Shown, [Modality.Text]);
        var sheet = ContactSheet.Arrange([.. sentences.Select(one => one.Picture), .. sampled], options: new ContactSheetOptions
        {
            Columns = Shown,
            Scale = Math.Max(1, 128 / baseline.ImageSize),
            RowHeaders = ["the pictures", .. rows],
            ColumnHeaders = sentences.Select(one => one.Conditions[0].Text!).ToList(),
        });
        PngFile.Write(sheet, output, overwrite: true);
        Console.WriteLine($"{kind}: {baseline.Parameters / 1e6:0.00} million parameters, {baseline.Training?.PicturesSeen} pictures seen");
        return 0;
    }

    private static int Run(string kind, string data, string folder, TrainingOptions options, bool resume, Expert? start, TrainedCodec? codec, ComputeDevice device)
    {
        using var stop = new CancellationTokenSource();
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        PictureDataset Folders(params string[] names) => PictureDataset.Open(names.Select(name => Path.Combine(data, name)).ToList());
        Objective objective = kind == "joint"
            ? new JointObjective(Folders("paired"), options, leftOut: 0.2, codec)
            : new VaeObjective(Folders("sketch", "segment", "text"), options);
        var trainer = new Trainer(objective, options, folder)
        {
            InitializeFrom = start,
            Device = device.ToTorch(),
            Preparing = (done, all) =>
            {
                if (done == all) { Console.WriteLine($"encoded {all} pictures"); }
            },
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
