using System.Management.Automation;
using System.Management.Automation.Language;
using Mcdm.Datasets;
using Mcdm.Diffusion.Process;
using Mcdm.Display.Sheets;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Families.Own.Networks;
using Mcdm.Modalities;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Hosting;
using Mcdm.Runtime;
using Mcdm.Sampling;
using Mcdm.Training;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.PowerShell.Commands;

/// <summary>Trains one expert, a judge, or an autoencoder. Ctrl+C leaves a checkpoint to resume from and what is trained as it is by then.</summary>
[Cmdlet(VerbsLifecycle.Start, "McdmTraining", DefaultParameterSetName = ExpertSet, SupportsShouldProcess = true)]
[OutputType(typeof(TrainingResult))]
[OutputType(typeof(McdmImage))]
public sealed class StartMcdmTraining : McdmCmdlet
{
    private const string ExpertSet = "Expert", JudgeSet = "Judge", AutoencoderSet = "Autoencoder";
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

    /// <summary>
    /// What the expert is called, which tells it from others of its modality; a Picture expert learns from the dataset's folder of that name.
    /// </summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [ArgumentCompleter(typeof(ControlFolderNames))]
    [ValidatePattern("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    public string? Expert { get; set; }

    /// <summary>Train a judge for Measure-McdmImage instead of an expert, from the dataset's attributes and masks.</summary>
    [Parameter(Mandatory = true, ParameterSetName = JudgeSet)]
    public SwitchParameter Judge { get; set; }

    /// <summary>
    /// Train an autoencoder instead of an expert: its latents become a space to train experts in. With -Space, train that space's decoder alone.
    /// </summary>
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
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(0.0, 3.0)]
    public double LatentNoise { get; set; } = new AutoencoderTraining().LatentNoise;

    /// <summary>Channels of the autoencoder's latents.</summary>
    [Parameter(ParameterSetName = AutoencoderSet)]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
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
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(8, 512)]
    public int CropSize { get; set; } = new AutoencoderTraining().CropSize;

    /// <summary>Folder for the model, the checkpoint and the loss log; made where it is missing.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string OutputPath { get; set; } = "";

    /// <summary>Optimiser steps in all.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(1, int.MaxValue)]
    public int Steps { get; set; } = Default.Steps;

    /// <summary>Pictures a step.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(1, 4096)]
    public int BatchSize { get; set; } = Default.BatchSize;

    /// <summary>Highest learning rate of AdamW; it rises over the warm-up and falls to 0 along a cosine.</summary>
    [Parameter]
    [Number(typeof(double))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(1e-8, 1.0)]
    public double LearningRate { get; set; } = Default.LearningRate;

    /// <summary>Steps over which the learning rate rises.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(0, int.MaxValue)]
    public int WarmUpSteps { get; set; } = Default.WarmUpSteps;

    /// <summary>Decay of the moving average of the weights, which is what gets saved.</summary>
    [Parameter]
    [Number(typeof(double))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(0.0, 0.999999)]
    public double EmaDecay { get; set; } = Default.EmaDecay;

    /// <summary>Exponent b of the density t^b of the noise levels drawn: 0 for all alike, more for high noise more often.</summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [Number(typeof(double))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(0.0, 10.0)]
    public double TimestepBias { get; set; } = Default.TimestepBias;

    /// <summary>Largest norm of a step's gradient.</summary>
    [Parameter]
    [Number(typeof(double))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(1e-6, 1e6)]
    public double GradientClip { get; set; } = Default.GradientClip;

    /// <summary>Seed of everything that is drawn.</summary>
    [Parameter]
    [Number(typeof(long))]
    [ArgumentCompleter(typeof(Numbers))]
    public long Seed { get; set; } = Default.Seed;

    /// <summary>
    /// Side of the square pictures in pixels, 64 by default, for an autoencoder 128, in a space the side that it was trained with; others are cropped
    /// and resized.
    /// </summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(8, 512)]
    public int? ImageSize { get; set; }

    /// <summary>
    /// Pictures that nothing is learnt from; the loss on them is written to held-out.csv at each checkpoint, beside that on pictures that are learnt
    /// from.
    /// </summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [Deserialized]
    [ValidateNotNull]
    public PictureDataset? HeldOut { get; set; }

    /// <summary>
    /// What the network learns to predict: the picture z_0 (the default), the noise ε, or the velocity v. An expert that starts from another predicts
    /// as that one does.
    /// </summary>
    [Parameter(ParameterSetName = ExpertSet)]
    public PredictionKind? Prediction { get; set; }

    /// <summary>
    /// Where a picture is predicted, errors at noise of a smaller deviation σ_t than this weigh no more than at this: 0.05 by default, in a space 0.2.
    /// </summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [Number(typeof(double))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(1e-3, 1.0)]
    public double? LossFloor { get; set; }

    /// <summary>Channels of the U-Net's levels; an expert's and a judge's have defaults of their own.</summary>
    [Parameter]
    [Number(typeof(int[]))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateCount(1, 5)]
    [ValidateRange(8, 1024)]
    public int[]? Channels { get; set; }

    /// <summary>Residual blocks of each level, on the way down and again on the way up.</summary>
    [Parameter]
    [Number(typeof(int[]))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateCount(1, 5)]
    [ValidateRange(1, 8)]
    public int[]? Blocks { get; set; }

    /// <summary>
    /// Side in pixels of the patches that the network looks at: 2 by default, in a space 1. With 1 it works at the picture's full resolution, at four
    /// times the cost.
    /// </summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [Parameter(ParameterSetName = JudgeSet)]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(1, 16)]
    public int? PatchSize { get; set; }

    /// <summary>Levels of a text expert's network, counted from 0, whose positions attend to the sentence's words: the deepest by default.</summary>
    [Parameter(ParameterSetName = ExpertSet)]
    [Number(typeof(int[]))]
    [ArgumentCompleter(typeof(Numbers))]
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
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(0.01, 1440.0)]
    public double CheckpointMinutes { get; set; } = Default.CheckpointSeconds / 60;

    /// <summary>Go on from the checkpoint in the output folder, with the settings it was started with.</summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>Read every picture and label before the first step, and train only if all can be; with -WhatIf, read them and train nothing.</summary>
    [Parameter]
    public SwitchParameter Validate { get; set; }

    /// <summary>Train nothing: hand on a sheet of the first step's pictures, each as the network sees it, beside what it reads of it.</summary>
    [Parameter]
    public SwitchParameter Preview { get; set; }

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
        if (!Resume && !Force && !Preview && Trainer.CanResume(folder))
        {
            throw new McdmException("OutputExists", ErrorKind.AlreadyExists,
                $"'{folder}' holds the checkpoint of an earlier run; use -Resume to go on from it or -Force to start anew.") { Target = folder };
        }
        using var codec = ReadSpace(folder, device);
        var started = Resume ? Trainer.OptionsOf(folder) : null;
        var options = Target(codec).Options(Settings(device));
        if (started is not null)
        {
            if (TrainingSettings.Compare(started, options, MyInvocation.BoundParameters.ContainsKey) is { } unused) { WriteWarning(unused); }
            options = started;
        }
        string what = TrainingTarget.Of(options, codec).Describe(options);
        using var progress = StartProgress($"Training {what}");
        var trainer = new Trainer(Dataset!, options, folder, codec, HeldOut)
        {
            Device = device.ToTorch(),
            InitializeFrom = Expertise(codec).StartOf(options.Modality),
            Warn = Tell,
            Preparing = (done, all) => progress.Update(done, all, $"encoded {done} of {all} pictures"),
            Progress = state => progress.Update(state.Step, state.Steps,
                Invariant($"step {state.Step} of {state.Steps}, loss {state.Loss:0.0000}, {state.PicturesPerSecond:0.0} pictures/s"), state.Remaining),
        };
        PictureDataset[] datasets = HeldOut is null ? [Dataset!] : [Dataset!, HeldOut];
        foreach (var dataset in datasets) { dataset.Warnings.Told = Tell; }
        try
        {
            if (Preview)
            {
                WriteSheet(trainer);
                return;
            }
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

    /// <summary>Warns; after Ctrl+C the engine takes no more words, but the run has a checkpoint to write yet, and the terminal shows them.</summary>
    private void Tell(string sentence)
    {
        try
        {
            WriteWarning(sentence);
        }
        catch (PipelineStoppedException)
        {
            Host.UI.WriteWarningLine(sentence);
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
            throw new McdmException("DatasetBroken", ErrorKind.InvalidData,
                $"{broken} of {all} pictures cannot be read, or their labels cannot; each has an error of its own. Nothing was trained.");
        }
    }

    /// <summary>Lays out what the first step learns from; what cannot be read is reported.</summary>
    private void WriteSheet(Trainer trainer)
    {
        var seen = new List<SeenPicture>();
        foreach (var item in trainer.FirstStep)
        {
            Cancellation.ThrowIfCancellationRequested();
            Attempt(item, () => seen.Add(trainer.See(item)));
        }
        if (seen.Count > 0) { WriteObject(new McdmImage(TrainingSheet.Of(seen)) { Name = TrainingSheet.Name }); }
    }

    private void Train(Trainer trainer, TrainingOptions options, string folder, string what)
    {
        if (!ShouldProcess(folder, $"Train {what} on {trainer.Pictures} pictures for {options.Steps} steps")) { return; }
        using var end = new OrderlyEnd(StopSoon, () => { });
        var result = trainer.Run(Resume, Cancellation);
        if (Cancellation.IsCancellationRequested)
        {
            Tell($"Training was stopped after step {result.Step} of {result.Steps}; the checkpoint of that step is in '{result.OutputPath}'. Go on with: "
                + $"{Quoted("Import-McdmDataset", Dataset!)} | Start-McdmTraining -OutputPath {Quoted([result.OutputPath])}"
                + $"{(HeldOut is null ? "" : $" -HeldOut ({Quoted("Import-McdmDataset", HeldOut)})")} -Resume");
        }
        Cancellation.ThrowIfCancellationRequested();
        WriteObject(result);
    }

    private static string Quoted(string command, PictureDataset dataset) => $"{command} {Quoted(dataset.Folders)}";

    private static string Quoted(IEnumerable<string> paths) =>
        string.Join(", ", paths.Select(path => $"'{CodeGeneration.EscapeSingleQuotedStringContent(path)}'"));

    /// <summary>The space that is named, or that a run to be resumed went on in; null for pixels.</summary>
    private TrainedCodec? ReadSpace(string folder, ComputeDevice device)
    {
        if (Space is not null) { return SpacePack.Read(ResolveInput(Space)[0], device.ToTorch()); }
        return Resume && Trainer.OptionsOf(folder) is { InSpace: true } ? SpacePack.Read(folder, device.ToTorch()) : null;
    }

    /// <summary>What is to be trained.</summary>
    private TrainingTarget Target(TrainedCodec? space) =>
        Judge ? new JudgeTarget { ImageSize = ImageSize, Channels = Channels, Blocks = Blocks, PatchSize = PatchSize }
        : !Autoencoder ? Expertise(space)
        : new AutoencoderTarget
        {
            Space = space, ImageSize = ImageSize, Channels = Channels,
            LatentNoise = LatentNoise, LatentChannels = LatentChannels, Factor = Factor, CropSize = CropSize,
        };

    private ExpertTarget Expertise(TrainedCodec? space) => new()
    {
        Space = space, ImageSize = ImageSize, Channels = Channels, Blocks = Blocks, PatchSize = PatchSize,
        Modality = Modality, Name = Expert, Prediction = Prediction, LossFloor = LossFloor, CrossAttentionLevels = CrossAttentionLevels, From = InitializeFrom,
    };

    /// <summary>The settings that do not depend on what is trained.</summary>
    private TrainingOptions Settings(ComputeDevice device) => TrainingSettings.With(Default, MyInvocation.BoundParameters) with
    {
        BFloat16 = Precision.On(device, Resume ? null : WriteWarning) == ScalarType.BFloat16,
        CheckpointSeconds = 60 * CheckpointMinutes,
    };
}
