using System.Management.Automation;
using Mcdm.Datasets;
using Mcdm.Diffusion.Composition;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Hosting;

namespace Mcdm.PowerShell.Commands;

/// <summary>
/// Measures what each expert of a model leaves open of its pictures, by which the combiner Precision weighs them: each needs pictures with its own label
/// alone.
/// </summary>
[Cmdlet(VerbsDiagnostic.Measure, "McdmVariance")]
[OutputType(typeof(VarianceTable))]
public sealed class MeasureMcdmVariance : McdmCmdlet
{
    private const int UsualCount = 256, UsualLevels = 19;
    private readonly List<PictureDataset> _datasets = [];

    /// <summary>Pictures and labels, from Import-McdmDataset; of several datasets each counts for the experts whose labels it has.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Deserialized]
    [ValidateNotNullOrEmpty]
    public PictureDataset[] Dataset { get; set; } = [];

    /// <summary>The model, its name or its folder; the only loaded one by default.</summary>
    [Parameter]
    [ModelTransformation]
    [ArgumentCompleter(typeof(ModelNames))]
    [ValidateNotNull]
    public Model? Model { get; set; }

    /// <summary>Pictures of each expert, the first that have its label.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(1, 100_000)]
    public int Count { get; set; } = UsualCount;

    /// <summary>Noise levels, even in log-SNR.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(2, 1000)]
    public int Levels { get; set; } = UsualLevels;

    /// <summary>Seed of the noise.</summary>
    [Parameter]
    [Number(typeof(long))]
    [ArgumentCompleter(typeof(Numbers))]
    public long Seed { get; set; }

    /// <inheritdoc/>
    protected override void OnProcess() => _datasets.AddRange(Dataset);

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (_datasets.Count == 0) { return; }
        var model = Model ?? ModelLibrary.Only();
        using var progress = StartProgress("Measuring variances");
        var measurement = new VarianceMeasurement(model, Count, Levels, Seed)
        {
            Progress = (expert, done, all) => progress.Update(done, all, $"{expert}: picture {done} of {all}"),
        };
        WriteObject(measurement.Run(_datasets, Cancellation));
    }
}
