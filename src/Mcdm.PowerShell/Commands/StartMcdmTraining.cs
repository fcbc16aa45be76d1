using System.Management.Automation;
using Mcdm.Datasets;
using Mcdm.Experts;
using Mcdm.Modalities;
using Mcdm.Networks;
using Mcdm.Runtime;
using Mcdm.Training;
using static TorchSharp.torch;

namespace Mcdm.PowerShell.Commands;

/// <summary>Trains one expert, or a judge. Ctrl+C leaves a checkpoint to resume from and a model or judge that can be used.</summary>
[Cmdlet(VerbsLifecycle.Start, "McdmTraining", DefaultParameterSetName = ExpertSet, SupportsShouldProcess = true)]
[OutputType(typeof(TrainingResult))]
public sealed class StartMcdmTraining : McdmCmdlet
{
    private const string ExpertSet = "Expert", JudgeSet = "Judge";
    private static readonly TrainingOptions Default = new();

    /// <summary>The pictures and labels, from Import-McdmDataset.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PictureDataset? Dataset { get; set; }

    /// <summary>What the expert is conditioned on; an unconditional expert where it is left out.</summary>
    [Parameter(ParameterSetName = ExpertSet)]
    public Modality? Modality { get; set; }

    /// <summary>Train a judge for Measure-McdmImage instead of an expert, from the dataset's attributes and masks.</summary>
    [Parameter(Mandatory = true, ParameterSetName = JudgeSet)]
    public SwitchParameter Judge { get; set; }

    /// <summary>Folder for the model, the checkpoint and the loss log; made where it is missing.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string OutputPath { get; set; } = "";

    /// <summary>Optimiser steps in all.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Steps { get; set; } = Default.Steps;

    /// <summary>Pictures a step.</summary>
    [Parameter]
    [ValidateRange(1, 4096)]
    public int BatchSize { get; set; } = Default.BatchSize;

    /// <summary>Highest learning rate of AdamW; it rises over the warm-up and falls to 0 along a cosine.</summary>
    [Parameter]
    [ValidateRange(1e-8, 1.0)]
    public double LearningRate { get; set; } = Default.LearningRate;

    /// <summary>Steps over which the learning rate rises.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int WarmUpSteps { get; set; } = Default.WarmUpSteps;

    /// <summary>Decay of the moving average of the weights, which is what gets saved.</summary>
    [Parameter]
    [ValidateRange(0.0, 0.999999)]
    public double EmaDecay { get; set; } = Default.EmaDecay;

    /// <summary>Exponent b of the density t^b of the noise levels drawn: 0 for all alike, more for high noise more often.</summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [ValidateRange(0.0, 10.0)]
    public double TimestepBias { get; set; } = Default.TimestepBias;

    /// <summary>Largest norm of a step's gradient.</summary>
    [Parameter]
    [ValidateRange(1e-6, 1e6)]
    public double GradientClip { get; set; } = Default.GradientClip;

    /// <summary>Seed of everything that is drawn.</summary>
    [Parameter]
    public long Seed { get; set; } = Default.Seed;

    /// <summary>Side of the square pictures in pixels, a multiple of 8; others are cropped and resized.</summary>
    [Parameter]
    [ValidateRange(8, 512)]
    public int ImageSize { get; set; } = Default.ImageSize;

    /// <summary>Channels of the U-Net's levels; an expert's and a judge's have defaults of their own.</summary>
    [Parameter]
    [ValidateCount(1, 5)]
    [ValidateRange(8, 1024)]
    public int[]? Channels { get; set; }

    /// <summary>Residual blocks of each level, on the way down and again on the way up.</summary>
    [Parameter]
    [ValidateCount(1, 5)]
    [ValidateRange(1, 8)]
    public int[]? Blocks { get; set; }

    /// <summary>Where the network computes; the fastest device by default.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DeviceNames))]
    public string? Device { get; set; }

    /// <summary>The arithmetic of the network; the master weights are float32 in any case.</summary>
    [Parameter]
    public Precision Precision { get; set; }

    /// <summary>Model whose expert the training starts from: the one of the same modality, else the unconditional one.</summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [ModelTransformation(Precision = Precision.Float32)]
    [ArgumentCompleter(typeof(ModelNames))]
    [ValidateNotNull]
    public Model? InitializeFrom { get; set; }

    /// <summary>Minutes between checkpoints.</summary>
    [Parameter]
    [ValidateRange(0.01, 1440.0)]
    public double CheckpointMinutes { get; set; } = Default.CheckpointSeconds / 60;

    /// <summary>Go on from the checkpoint in the output folder, with the settings it was started with.</summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>Start anew although the output folder holds a checkpoint, which is then replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        string folder = ResolveOutput(OutputPath);
        var device = ComputeDevice.Select(Device, WriteWarning);
        if (!Resume && !Force && Trainer.CanResume(folder))
        {
            throw new McdmException("OutputExists", ErrorKind.AlreadyExists, $"'{folder}' holds the checkpoint of an earlier run; use -Resume to go on from it or -Force to start anew.");
        }
        var options = Resume ? Trainer.OptionsOf(folder) : Options(device);
        if (Resume) { WarnOfUnusedSettings(options, device); }
        string what = options.Judge is null ? $"the {Experts.Model.NameOf(options.Modality)} expert" : "a judge";
        using var progress = StartProgress($"Training {what}");
        var trainer = new Trainer(Dataset!, options, folder)
        {
            Device = device.ToTorch(),
            InitializeFrom = Start(options.Modality),
            Progress = state => progress.Update(state.Step, state.Steps,
                $"step {state.Step} of {state.Steps}, loss {state.Loss:0.0000}, {state.PicturesPerSecond:0.0} pictures/s", state.Remaining),
        };
        int pictures = (options.Judge is null ? Dataset!.With(options.Modality) : Dataset!.Judged).Count;
        if (!ShouldProcess(folder, $"Train {what} on {pictures} pictures for {options.Steps} steps")) { return; }
        var result = trainer.Run(Resume, Cancellation);
        Cancellation.ThrowIfCancellationRequested();
        WriteObject(result);
    }

    /// <summary>A resumed run keeps the settings it was started with; whoever asks for others should know.</summary>
    private void WarnOfUnusedSettings(TrainingOptions started, ComputeDevice device)
    {
        var unused = Settings(Options(device)).Zip(Settings(started), (asked, kept) => (asked.Name, Asked: asked.Value, Kept: kept.Value))
            .Where(setting => MyInvocation.BoundParameters.ContainsKey(setting.Name) && setting.Asked != setting.Kept).ToList();
        if (unused.Count > 0)
        {
            WriteWarning($"The run goes on with the settings it was started with: {string.Join(", ", unused.Select(s => $"-{s.Name} {s.Kept} (not {s.Asked})"))}. Start anew with -InitializeFrom to train on with others.");
        }
    }

    /// <summary>The settings that parameters give, as they would be typed.</summary>
    private static (string Name, string Value)[] Settings(TrainingOptions options) =>
    [
        (nameof(Judge), $"{options.Judge is not null}"),
        (nameof(Modality), Experts.Model.NameOf(options.Modality)),
        (nameof(ImageSize), $"{options.ImageSize}"),
        (nameof(Steps), $"{options.Steps}"),
        (nameof(BatchSize), $"{options.BatchSize}"),
        (nameof(LearningRate), $"{options.LearningRate}"),
        (nameof(WarmUpSteps), $"{options.WarmUpSteps}"),
        (nameof(EmaDecay), $"{options.EmaDecay}"),
        (nameof(TimestepBias), $"{options.TimestepBias}"),
        (nameof(GradientClip), $"{options.GradientClip}"),
        (nameof(Seed), $"{options.Seed}"),
        (nameof(Channels), string.Join(", ", options.Judge?.Channels ?? options.Network.Channels)),
        (nameof(Blocks), string.Join(", ", options.Judge?.Blocks ?? options.Network.Blocks)),
        (nameof(Precision), options.BFloat16 ? "BFloat16" : "Float32"),
    ];

    private TrainingOptions Options(ComputeDevice device)
    {
        var judge = new JudgeNetworkOptions();
        IReadOnlyList<int> channels = Channels ?? (Judge ? judge.Channels : Default.Network.Channels), blocks = Blocks ?? (Judge ? judge.Blocks : Default.Network.Blocks);
        if (channels.Count != blocks.Count)
        {
            throw new McdmException("NetworkLevels", ErrorKind.InvalidArgument, $"-Channels names {channels.Count} levels and -Blocks {blocks.Count}; give one number of each a level.");
        }
        int factor = Default.Network.PatchSize << (channels.Count - 1);
        if (ImageSize % factor != 0)
        {
            throw new McdmException("ImageSizeIndivisible", ErrorKind.InvalidArgument, $"Pictures of {ImageSize} pixels cannot be halved {channels.Count} times; give a multiple of {factor}.");
        }
        return Default with
        {
            Modality = Modality,
            ImageSize = ImageSize,
            Steps = Steps,
            BatchSize = BatchSize,
            LearningRate = LearningRate,
            WarmUpSteps = WarmUpSteps,
            EmaDecay = EmaDecay,
            TimestepBias = TimestepBias,
            GradientClip = GradientClip,
            Seed = Seed,
            BFloat16 = Precision.On(device, Resume ? null : WriteWarning) == ScalarType.BFloat16,
            Network = Judge ? Default.Network : Default.Network with { Channels = channels, Blocks = blocks, AttentionLevels = [channels.Count - 1] },
            Judge = Judge ? judge with { Channels = channels, Blocks = blocks } : null,
            CheckpointSeconds = 60 * CheckpointMinutes,
        };
    }

    private Expert? Start(Modality? modality) => InitializeFrom?.Experts.FirstOrDefault(expert => expert.Modality == modality) ?? InitializeFrom?.Expert(null);
}
