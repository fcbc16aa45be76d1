using System.Management.Automation;
using Mcdm.Datasets;
using Mcdm.Diffusion.Process;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Families.Own.Networks;
using Mcdm.Modalities;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Hosting;
using Mcdm.Runtime;
using Mcdm.Training;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.PowerShell.Commands;

/// <summary>Trains one expert, a judge, or an autoencoder. Ctrl+C leaves a checkpoint to resume from and what is trained as it is by then.</summary>
[Cmdlet(VerbsLifecycle.Start, "McdmTraining", DefaultParameterSetName = ExpertSet, SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Start-McdmTraining.md")]
[OutputType(typeof(TrainingResult))]
public sealed class StartMcdmTraining : McdmCmdlet
{
    private const string ExpertSet = "Expert", JudgeSet = "Judge", AutoencoderSet = "Autoencoder";
    private const int DefaultAutoencoderSize = 128;
    private const double DefaultLatentLossFloor = 0.2;
    private static readonly TrainingOptions Default = new();
    private BackgroundRun? _job;

    /// <summary>The pictures and labels, from Import-McdmDataset.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Deserialized]
    [ValidateNotNull]
    public PictureDataset? Dataset { get; set; }

    /// <summary>What the expert is conditioned on; an unconditional expert where it is left out.</summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [ArgumentCompleter(typeof(ModalityNames))]
    public Modality? Modality { get; set; }

    /// <summary>What the expert is called, which tells it from others of its modality; a Picture expert learns from the dataset's folder of that name.</summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [ValidatePattern("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    public string? Expert { get; set; }

    /// <summary>Train a judge for Measure-McdmImage instead of an expert, from the dataset's attributes and masks.</summary>
    [Parameter(Mandatory = true, ParameterSetName = JudgeSet)]
    public SwitchParameter Judge { get; set; }

    /// <summary>Train an autoencoder instead of an expert: its latents become a space to train experts in. With -Space, train that space's decoder alone.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AutoencoderSet)]
    public SwitchParameter Autoencoder { get; set; }

    /// <summary>Folder of a space: the expert learns its latents instead of pixels.</summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [Parameter(ParameterSetName = AutoencoderSet)]
    [ValidateNotNullOrEmpty]
    public string? Space { get; set; }

    /// <summary>Standard deviation of the noise added to the autoencoder's latents before they are decoded.</summary>
    [Parameter(ParameterSetName = AutoencoderSet)]
    [Number(typeof(double))]
    [ValidateRange(0.0, 3.0)]
    public double LatentNoise { get; set; } = new AutoencoderTraining().LatentNoise;

    /// <summary>Channels of the autoencoder's latents.</summary>
    [Parameter(ParameterSetName = AutoencoderSet)]
    [Number(typeof(int))]
    [ValidateRange(1, 64)]
    public int LatentChannels { get; set; } = new AutoencoderOptions().LatentChannels;

    /// <summary>Pixels along each side of one latent.</summary>
    [Parameter(ParameterSetName = AutoencoderSet)]
    [Number(typeof(int))]
    [ValidateSet("2", "4", "8", "16")]
    public int Factor { get; set; } = new AutoencoderOptions().Factor;

    /// <summary>Side in pixels of the squares that the autoencoder learns from.</summary>
    [Parameter(ParameterSetName = AutoencoderSet)]
    [Number(typeof(int))]
    [ValidateRange(8, 512)]
    public int CropSize { get; set; } = new AutoencoderTraining().CropSize;

    /// <summary>Folder for the model, the checkpoint and the loss log; made where it is missing.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string OutputPath { get; set; } = "";

    /// <summary>Optimiser steps in all.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ValidateRange(1, int.MaxValue)]
    public int Steps { get; set; } = Default.Steps;

    /// <summary>Pictures a step.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ValidateRange(1, 4096)]
    public int BatchSize { get; set; } = Default.BatchSize;

    /// <summary>Highest learning rate of AdamW; it rises over the warm-up and falls to 0 along a cosine.</summary>
    [Parameter]
    [Number(typeof(double))]
    [ValidateRange(1e-8, 1.0)]
    public double LearningRate { get; set; } = Default.LearningRate;

    /// <summary>Steps over which the learning rate rises.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ValidateRange(0, int.MaxValue)]
    public int WarmUpSteps { get; set; } = Default.WarmUpSteps;

    /// <summary>Decay of the moving average of the weights, which is what gets saved.</summary>
    [Parameter]
    [Number(typeof(double))]
    [ValidateRange(0.0, 0.999999)]
    public double EmaDecay { get; set; } = Default.EmaDecay;

    /// <summary>Exponent b of the density t^b of the noise levels drawn: 0 for all alike, more for high noise more often.</summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [Number(typeof(double))]
    [ValidateRange(0.0, 10.0)]
    public double TimestepBias { get; set; } = Default.TimestepBias;

    /// <summary>Largest norm of a step's gradient.</summary>
    [Parameter]
    [Number(typeof(double))]
    [ValidateRange(1e-6, 1e6)]
    public double GradientClip { get; set; } = Default.GradientClip;

    /// <summary>Seed of everything that is drawn.</summary>
    [Parameter]
    [Number(typeof(long))]
    public long Seed { get; set; } = Default.Seed;

    /// <summary>Side of the square pictures in pixels, 64 by default, for an autoencoder 128, in a space the side that it was trained with; others are cropped and resized.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ValidateRange(8, 512)]
    public int? ImageSize { get; set; }

    /// <summary>Pictures that nothing is learnt from; the loss on them is written to held-out.csv at each checkpoint, beside that on pictures that are learnt from.</summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [Deserialized]
    [ValidateNotNull]
    public PictureDataset? HeldOut { get; set; }

    /// <summary>What the network learns to predict: the picture z_0 (the default), the noise ε, or the velocity v. An expert that starts from another predicts as that one does.</summary>
    [Parameter(ParameterSetName = ExpertSet)]
    public PredictionKind? Prediction { get; set; }

    /// <summary>Where a picture is predicted, errors at noise of a smaller deviation σ_t than this weigh no more than at this: 0.05 by default, in a space 0.2.</summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [Number(typeof(double))]
    [ValidateRange(1e-3, 1.0)]
    public double? LossFloor { get; set; }

    /// <summary>Channels of the U-Net's levels; an expert's and a judge's have defaults of their own.</summary>
    [Parameter]
    [Number(typeof(int[]))]
    [ValidateCount(1, 5)]
    [ValidateRange(8, 1024)]
    public int[]? Channels { get; set; }

    /// <summary>Residual blocks of each level, on the way down and again on the way up.</summary>
    [Parameter]
    [Number(typeof(int[]))]
    [ValidateCount(1, 5)]
    [ValidateRange(1, 8)]
    public int[]? Blocks { get; set; }

    /// <summary>Side in pixels of the patches that the network looks at: 2 by default, in a space 1. With 1 it works at the picture's full resolution, at four times the cost.</summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [Parameter(ParameterSetName = JudgeSet)]
    [Number(typeof(int))]
    [ValidateRange(1, 16)]
    public int? PatchSize { get; set; }

    /// <summary>Levels of a text expert's network, counted from 0, whose positions attend to the sentence's words: the deepest by default.</summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [Number(typeof(int[]))]
    [ValidateCount(1, 5)]
    [ValidateRange(0, 4)]
    public int[]? CrossAttentionLevels { get; set; }

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
    [Number(typeof(double))]
    [ValidateRange(0.01, 1440.0)]
    public double CheckpointMinutes { get; set; } = Default.CheckpointSeconds / 60;

    /// <summary>Go on from the checkpoint in the output folder, with the settings it was started with.</summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>Read every picture and label before the first step, and train only if all can be; with -WhatIf, read them and train nothing.</summary>
    [Parameter]
    public SwitchParameter Validate { get; set; }

    /// <summary>Start anew although the output folder holds a checkpoint, which is then replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Train in a thread job, and hand on the job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        if (AsJob) { _job = new BackgroundRun(this, nameof(AsJob)); }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (_job is not null) { WriteObject(_job.Start()); }
    }

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        if (_job is not null)
        {
            _job.Add([Dataset!]);
            return;
        }
        string folder = ResolveOutput(OutputPath);
        var device = ComputeDevice.Select(Device, WriteWarning);
        if (!Resume && !Force && Trainer.CanResume(folder))
        {
            throw new McdmException("OutputExists", ErrorKind.AlreadyExists, $"'{folder}' holds the checkpoint of an earlier run; use -Resume to go on from it or -Force to start anew.");
        }
        using var codec = ReadSpace(folder, device);
        var options = Resume ? Trainer.OptionsOf(folder) : Options(device, codec);
        if (Resume) { CheckSettings(options, Options(device, codec)); }
        string what = options.Judge is not null ? "a judge" : options.Autoencoder is { } autoencoder ? autoencoder.DecoderOnly ? "a decoder" : "an autoencoder"
            : $"the {options.Name} expert";
        using var progress = StartProgress($"Training {what}");
        var trainer = new Trainer(Dataset!, options, folder, codec, HeldOut)
        {
            Device = device.ToTorch(),
            InitializeFrom = Start(options.Modality),
            Warn = Tell,
            Preparing = (done, all) => progress.Update(done, all, $"encoded {done} of {all} pictures"),
            Progress = state => progress.Update(state.Step, state.Steps,
                Invariant($"step {state.Step} of {state.Steps}, loss {state.Loss:0.0000}, {state.PicturesPerSecond:0.0} pictures/s"), state.Remaining),
        };
        PictureDataset[] datasets = HeldOut is null ? [Dataset!] : [Dataset!, HeldOut];
        foreach (var dataset in datasets) { dataset.Warnings.Told = Tell; }
        try
        {
            if (Validate) { RequireReadable(trainer); }
            Train(trainer, options, folder, what);
        }
        finally
        {
            foreach (var dataset in datasets)
            {
                dataset.Warnings.TellCounts();
                dataset.Warnings.Told = null;
            }
        }
    }

    /// <summary>Warns; after Ctrl+C the engine takes no more words, but the run has a checkpoint to write yet.</summary>
    private void Tell(string sentence)
    {
        try
        {
            WriteWarning(sentence);
        }
        catch (PipelineStoppedException)
        {
            // The run ends by its token.
        }
    }

    /// <summary>Reports all that cannot be read.</summary>
    private void RequireReadable(Trainer trainer)
    {
        using var progress = StartProgress("Reading the dataset");
        int broken = 0, all = 0;
        void Show(int done, int of)
        {
            all = of;
            progress.Update(done, of, $"read {done} of {of} pictures");
        }
        foreach (var item in trainer.Validate(Show, Cancellation).GroupBy(failure => failure.Item, failure => failure.Error))
        {
            broken++;
            foreach (var error in item) { WriteFailure(error, item.Key); }
        }
        if (broken > 0)
        {
            throw new McdmException("DatasetBroken", ErrorKind.InvalidData, $"{broken} of {all} pictures cannot be read, or their labels cannot; each has an error of its own. Nothing was trained.");
        }
    }

    private void Train(Trainer trainer, TrainingOptions options, string folder, string what)
    {
        if (!ShouldProcess(folder, $"Train {what} on {trainer.Pictures} pictures for {options.Steps} steps")) { return; }
        var result = trainer.Run(Resume, Cancellation);
        Cancellation.ThrowIfCancellationRequested();
        WriteObject(result);
    }

    /// <summary>The space that is named, or that a run to be resumed went on in; null for pixels.</summary>
    private TrainedCodec? ReadSpace(string folder, ComputeDevice device)
    {
        if (Space is not null) { return SpacePack.Read(ResolveInput(Space)[0], device.ToTorch()); }
        return Resume && Trainer.OptionsOf(folder) is { InSpace: true } ? SpacePack.Read(folder, device.ToTorch()) : null;
    }

    /// <summary>A resumed run keeps the settings it was started with; whoever asks for others should know, and what would make it learn something else is refused.</summary>
    private void CheckSettings(TrainingOptions started, TrainingOptions asked)
    {
        var unused = Settings(asked).Zip(Settings(started), (asked, kept) => (asked.Name, Asked: asked.Value, Kept: kept.Value))
            .Where(setting => MyInvocation.BoundParameters.ContainsKey(setting.Name) && setting.Asked != setting.Kept).ToList();
        if (unused.Where(setting => setting.Name is nameof(Prediction) or nameof(LossFloor) or nameof(Space)).ToList() is { Count: > 0 } other)
        {
            throw new McdmException("CheckpointSettings", ErrorKind.InvalidArgument,
                $"The run was started with {string.Join(", ", other.Select(s => $"-{s.Name} {s.Kept}, not {s.Asked}"))}; resume it with that, or start anew with -Force.");
        }
        if (unused.Count > 0)
        {
            WriteWarning($"The run goes on with the settings it was started with: {string.Join(", ", unused.Select(s => $"-{s.Name} {s.Kept} (not {s.Asked})"))}. Start anew with -InitializeFrom to train on with others.");
        }
    }

    /// <summary>The settings that parameters give, as they would be typed.</summary>
    private static (string Name, string Value)[] Settings(TrainingOptions options) =>
    [
        (nameof(Judge), $"{options.Judge is not null}"),
        (nameof(Modality), options.Modality?.Name ?? "none"),
        (nameof(Expert), options.Name),
        (nameof(Autoencoder), $"{options.Autoencoder is not null}"),
        (nameof(Space), options.Codec ?? "pixels"),
        (nameof(Prediction), $"{options.Prediction}"),
        (nameof(LossFloor), $"{options.LossFloor}"),
        (nameof(LatentNoise), $"{options.Autoencoder?.LatentNoise}"),
        (nameof(LatentChannels), $"{options.Autoencoder?.Network.LatentChannels}"),
        (nameof(Factor), $"{options.Autoencoder?.Network.Factor}"),
        (nameof(CropSize), $"{options.Autoencoder?.CropSize}"),
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
        (nameof(PatchSize), $"{options.Judge?.PatchSize ?? options.Network.PatchSize}"),
        (nameof(CrossAttentionLevels), string.Join(", ", options.Network.CrossAttentionLevels ?? options.Network.AttentionLevels)),
        (nameof(Precision), options.BFloat16 ? "BFloat16" : "Float32"),
    ];

    private TrainingOptions Options(ComputeDevice device, TrainedCodec? codec)
    {
        var judge = new JudgeNetworkOptions();
        int size = ImageSize ?? codec?.ImageSize ?? (Autoencoder ? DefaultAutoencoderSize : Default.ImageSize);
        IReadOnlyList<int> channels = Channels ?? (Judge ? judge.Channels : Default.Network.Channels), blocks = Blocks ?? (Judge ? judge.Blocks : Default.Network.Blocks);
        if (!Autoencoder && channels.Count != blocks.Count)
        {
            throw new McdmException("NetworkLevels", ErrorKind.InvalidArgument, $"-Channels names {channels.Count} levels and -Blocks {blocks.Count}; give one number of each a level.");
        }
        if (CrossAttentionLevels is not null && (Modality != Modality.Text || CrossAttentionLevels.Max() >= channels.Count))
        {
            throw new McdmException("NetworkLevels", ErrorKind.InvalidArgument, $"-CrossAttentionLevels names levels of a text expert's network, 0 to {channels.Count - 1}; {string.Join(", ", CrossAttentionLevels)} of {(Modality is null ? "an unconditional" : $"a {Modality}")} expert are none.");
        }
        // In a space the latents are coarse already, so the network looks at each.
        int patch = PatchSize ?? (Judge ? judge.PatchSize : codec is null ? Default.Network.PatchSize : 1);
        int factor = patch * (codec?.Factor ?? 1) << (channels.Count - 1);
        if (!Autoencoder && size % factor != 0)
        {
            throw new McdmException("ImageSizeIndivisible", ErrorKind.InvalidArgument, $"Pictures of {size} pixels do not fit a network of {channels.Count} levels{(codec is null ? "" : $" in a space of factor {codec.Factor}")} and patches of {patch}; give a multiple of {factor}.");
        }
        return Default with
        {
            Modality = Modality,
            Expert = Expert,
            ImageSize = size,
            Prediction = Prediction ?? Start(Modality)?.Prediction ?? PredictionKind.Sample,
            LossFloor = LossFloor ?? (codec is null ? Default.LossFloor : DefaultLatentLossFloor),
            Codec = codec?.Identity,
            Factor = codec?.Factor ?? 1,
            Steps = Steps,
            BatchSize = BatchSize,
            LearningRate = LearningRate,
            WarmUpSteps = WarmUpSteps,
            EmaDecay = EmaDecay,
            TimestepBias = TimestepBias,
            GradientClip = GradientClip,
            Seed = Seed,
            BFloat16 = Precision.On(device, Resume ? null : WriteWarning) == ScalarType.BFloat16,
            Network = Judge || Autoencoder ? Default.Network : Default.Network with
            {
                ImageChannels = codec?.Channels ?? Default.Network.ImageChannels,
                PatchSize = patch,
                MapFactor = codec?.Factor ?? 1,
                Channels = channels,
                Blocks = blocks,
                AttentionLevels = [channels.Count - 1],
                CrossAttentionLevels = CrossAttentionLevels,
            },
            Autoencoder = !Autoencoder ? null : new AutoencoderTraining
            {
                Network = codec?.Options ?? new AutoencoderOptions { LatentChannels = LatentChannels, Factor = Factor, Width = Channels?[0] ?? new AutoencoderOptions().Width },
                CropSize = CropSize,
                LatentNoise = LatentNoise,
                DecoderOnly = codec is not null,
            },
            Judge = Judge ? judge with { PatchSize = patch, Channels = channels, Blocks = blocks } : null,
            CheckpointSeconds = 60 * CheckpointMinutes,
        };
    }

    private Expert? Start(Modality? modality) => InitializeFrom?.Experts.FirstOrDefault(expert => expert.Modality == modality && (Expert is null || expert.Name == Expert)) ?? InitializeFrom?.Unconditional;
}
