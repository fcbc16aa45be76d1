using System.Collections;
using System.Management.Automation;
using Mcdm.Diffusion.Composition;
using Mcdm.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Modalities;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Hosting;
using Mcdm.PowerShell.Serialization;

namespace Mcdm.PowerShell.Commands;

/// <summary>Writes a model folder; several models piped in become one, with the experts of all.</summary>
[Cmdlet(VerbsData.Export, "McdmModel", SupportsShouldProcess = true)]
[OutputType(typeof(DirectoryInfo))]
public sealed class ExportMcdmModel : McdmCmdlet
{
    private readonly List<Model> _models = [];

    /// <summary>The models whose experts are written.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ModelTransformation(Precision = Runtime.Precision.Float32)]
    [ArgumentCompleter(typeof(ModelNames))]
    [ValidateNotNullOrEmpty]
    public Model[] Model { get; set; } = [];

    /// <summary>The folder to write, made where it is missing.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Name of the written model; the first model's by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>What the model makes, in a sentence.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <summary>Whose work it builds on.</summary>
    [Parameter]
    public string? Credits { get; set; }

    /// <summary>
    /// By what a sentence's weight is multiplied at some noise levels where it is all that is given, such as @{ 666 = 1; 667 = 3 }; linear between them.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? SentenceSchedule { get; set; }

    /// <summary>How predictions of several conditions are combined unless something else is asked for; what the model has by default.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CombinerNames))]
    [ValidateNotNullOrEmpty]
    public string? Combiner { get; set; }

    /// <summary>How far -Combiner Projection gives way to the product as noise falls: κ_i → 1 − σ^(Easing (1−ρ_i)²) (1 − κ_i).</summary>
    [Parameter]
    [Number(typeof(double))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(0.0, 10000.0)]
    public double Easing { get; set; }

    /// <summary>What each expert leaves open, from Measure-McdmVariance; what the model has by default.</summary>
    [Parameter]
    [Deserialized]
    [ValidateNotNull]
    public VarianceTable? Variance { get; set; }

    /// <summary>Replace a model that is already in the folder.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void OnProcess() => _models.AddRange(Model);

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (_models.Count == 0)
        {
            WriteVerbose("No model came down the pipeline, so there is none to write.");
            return;
        }
        string folder = ResolveOutput(Path);
        var sentence = SentenceSchedule is null ? null : WeightSchedule.Of(Wrapper.WithoutInside(SentenceSchedule));
        var combiner = UsualCombiner();
        _models.ForEach(model => model.RequireLoaded());
        if (File.Exists(System.IO.Path.Combine(folder, ModelPack.DescriptionFile)) && !Force)
        {
            throw new McdmException("OutputExists", ErrorKind.AlreadyExists, $"'{folder}' already holds a model; use -Force to replace it.")
                { Target = folder };
        }
        var joined = Experts.Model.Join(Name ?? _models[0].Name, _models, folder, Description ?? _models[0].Description, Credits ?? _models[0].Credits);
        if (!ShouldProcess(folder, $"Write model '{joined.Name}' with {joined.Experts.Count} experts")) { return; }
        ModelPack.Write(joined, folder, new PackSettings(sentence, combiner, Variance));
        WriteObject(Item(folder));
    }

    private Combiner? UsualCombiner()
    {
        var combiner = Combiner is null ? null : Diffusion.Composition.Combiner.Parse(Combiner);
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(Easing))) { return combiner; }
        return combiner is Projection projection ? projection with { Easing = Easing }
            : throw new McdmException("EasingWithoutProjection", ErrorKind.InvalidArgument,
                "-Easing says how the combiner Projection gives way to the product; name it with -Combiner Projection.");
    }
}
