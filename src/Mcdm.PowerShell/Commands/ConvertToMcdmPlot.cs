using System.Management.Automation;
using Mcdm.Display.Plots;
using Mcdm.Evaluation;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.Runs;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Commands;

/// <summary>
/// Plots how far the conditions of a sampled picture were apart on the way, the power spectrum of a set that was measured, or how the pictures of a run
/// came.
/// </summary>
[Cmdlet(VerbsData.ConvertTo, "McdmPlot", DefaultParameterSetName = ImageSet)]
[OutputType(typeof(McdmImage))]
public sealed class ConvertToMcdmPlot : ImageCmdlet
{
    private const string RecipeSet = "Recipe", MeasurementSet = "Measurement", RunSet = "Run";

    /// <summary>Recipes of pictures.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RecipeSet, ValueFromPipeline = true)]
    [Deserialized]
    [ValidateNotNullOrEmpty]
    public Recipe[] Recipe { get; set; } = [];

    /// <summary>Measurements of sets.</summary>
    [Parameter(Mandatory = true, ParameterSetName = MeasurementSet, ValueFromPipeline = true)]
    [Deserialized]
    [ValidateNotNullOrEmpty]
    public SetMeasurement[] Measurement { get; set; } = [];

    /// <summary>Measurements of runs.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RunSet, ValueFromPipeline = true)]
    [Deserialized]
    [ValidateNotNullOrEmpty]
    public RunMeasurement[] Run { get; set; } = [];

    /// <summary>Width of the plot in pixels.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(640, 4096)]
    public int Width { get; set; } = 800;

    /// <summary>Height of the plot in pixels.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(400, 4096)]
    public int Height { get; set; } = 600;

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        foreach (var recipe in Recipe) { Attempt(recipe, () => Plot(recipe, McdmImage.FileNameOf(null, recipe.Model, recipe.Seed))); }
        foreach (var measured in Measurement)
        {
            Attempt(measured, () => WriteObject(new McdmImage(SpectrumPlot.Draw(measured, Width, Height)) { Name = "spectrum" }));
        }
        foreach (var run in Run) { Attempt(run, () => WriteObject(new McdmImage(RunPlot.Draw(run, Width, Height)) { Name = "run" })); }
        base.OnProcess();
    }

    /// <inheritdoc/>
    protected override void ProcessImage(McdmImage image) => Plot(image.Recipe ?? throw new McdmException("RecipeMissing", ErrorKind.NotFound,
        $"'{image.FileName}' carries no recipe, so there is nothing to plot; samples and PNG files that Save-McdmImage wrote carry one."), image.FileName);

    private void Plot(Recipe recipe, string name) => WriteObject(new McdmImage(DisagreementPlot.Draw(recipe, Width, Height)) { Name = $"{name}-disagreement" });
}
