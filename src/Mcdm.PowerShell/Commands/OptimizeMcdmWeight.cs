using System.Management.Automation;
using Mcdm.Datasets;
using Mcdm.Experts;
using Mcdm.Modalities;
using Mcdm.Sampling;
using Mcdm.Training;

namespace Mcdm.PowerShell.Commands;

/// <summary>
/// Fits the weights of a model's conditions, over the noise levels, to pictures that have all of them: in closed form, without
/// training.
/// </summary>
[Cmdlet(VerbsCommon.Optimize, "McdmWeight", HelpUri = HelpPage.Folder + "Optimize-McdmWeight.md")]
[OutputType(typeof(WeightCalibration))]
public sealed class OptimizeMcdmWeight : McdmCmdlet
{
    private static readonly WeightFitOptions Default = new();

    /// <summary>Pictures with a caption, a mask and whatever else the modalities need, from Import-McdmDataset.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Travelled]
    [ValidateNotNull]
    public PictureDataset? Dataset { get; set; }

    /// <summary>The model, its name or its folder; the only loaded one by default.</summary>
    [Parameter]
    [ModelTransformation]
    [ArgumentCompleter(typeof(ModelNames))]
    [ValidateNotNull]
    public Model? Model { get; set; }

    /// <summary>The modalities whose experts' weights are fitted; all of the model's by default.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ModalityNames))]
    [ValidateNotNullOrEmpty]
    public Modality[]? Modality { get; set; }

    /// <summary>Pictures that are used, the first that have all modalities.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ValidateRange(1, 100_000)]
    public int Count { get; set; } = Default.Pictures;

    /// <summary>Noise levels that weights are fitted at.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ValidateRange(1, 1000)]
    public int Levels { get; set; } = Default.Levels;

    /// <summary>Pull towards 1: 0 for none, more where few pictures are fitted to.</summary>
    [Parameter]
    [Number(typeof(double))]
    [ValidateRange(0.0, 1000.0)]
    public double Ridge { get; set; } = Default.Ridge;

    /// <summary>Seed of the noise.</summary>
    [Parameter]
    [Number(typeof(long))]
    public long Seed { get; set; } = Default.Seed;

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        var model = Model ?? ModelLibrary.Only();
        model.RequireLoaded();
        foreach (var modality in Modality ?? []) { _ = model.Expert(modality); }
        var experts = model.Experts.Where(expert => expert.Modality is not null && Modality?.Contains(expert.Modality) != false).ToList();
        var items = Dataset!.WithAll(experts.ConvertAll(expert => (expert.Modality!, expert.Name)));
        if (items.Count < Count) { WriteVerbose($"{items.Count} of the dataset's {Dataset!.Pictures} pictures have all of {string.Join(", ", experts)}; {Count} were asked for."); }

        using var progress = StartProgress("Fitting weights");
        var fit = new WeightFit([model.Unconditional, .. experts], model.Name, Default with { Levels = Levels, Ridge = Ridge, Seed = Seed, BatchSize = BatchSizes.Default(model) })
        {
            Device = model.Device,
            Codec = model.Codec,
            Progress = (done, all) => progress.Update(done, all, $"batch {done} of {all}"),
        };
        WriteObject(fit.Run(items.Take(Count).ToList(), Cancellation));
    }
}
