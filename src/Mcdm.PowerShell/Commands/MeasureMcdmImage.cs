using System.Management.Automation;
using Mcdm.Datasets;
using Mcdm.Display.Plots;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Hosting;
using Mcdm.Runtime;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Commands;

/// <summary>
/// Measures how well pictures follow their conditions, how smooth they are, how a set of pictures compares with a reference, or what each condition
/// did.
/// </summary>
[Cmdlet(VerbsDiagnostic.Measure, "McdmImage", DefaultParameterSetName = ImageSet)]
[OutputType(typeof(ImageMeasurement))]
[OutputType(typeof(SetMeasurement))]
[OutputType(typeof(ConditionAttribution))]
public sealed class MeasureMcdmImage : ImageCmdlet
{
    private const string ImageAttributionSet = "ImageAttribution", PathAttributionSet = "PathAttribution", LiteralPathAttributionSet = "LiteralPathAttribution";

    private readonly List<ImageMeasurement> _measured = [];
    private readonly HashSet<string> _notMeasured = new(StringComparer.Ordinal);
    private readonly PendingMeasurements _queue;
    private LoadedJudges? _judges;
    private Judge? _judge;
    private IReadOnlyList<DatasetItem>? _referenceItems;

    /// <summary>Makes the command; the engine does.</summary>
    public MeasureMcdmImage() => _queue = new PendingMeasurements(Take, Cancellation);

    /// <inheritdoc/>
    [Parameter(Mandatory = true, ParameterSetName = ImageSet, ValueFromPipeline = true)]
    [Parameter(Mandatory = true, ParameterSetName = ImageAttributionSet, ValueFromPipeline = true)]
    [ImageTransformation]
    [ValidateNotNullOrEmpty]
    public override McdmImage[] Image { get; set; } = [];

    /// <inheritdoc/>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathAttributionSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public override string[] Path { get; set; } = [];

    /// <inheritdoc/>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathAttributionSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public override string[] LiteralPath { get; set; } = [];

    /// <summary>What every picture should follow, instead of what its recipe says.</summary>
    [Parameter(ParameterSetName = ImageSet), Parameter(ParameterSetName = PathSet), Parameter(ParameterSetName = LiteralPathSet)]
    [ConditionTransformation]
    [ValidateNotNullOrEmpty]
    public Condition[]? Condition { get; set; }

    /// <summary>One measurement of the whole set instead of one a picture.</summary>
    [Parameter(ParameterSetName = ImageSet), Parameter(ParameterSetName = PathSet), Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter Summary { get; set; }

    /// <summary>Folder of pictures, or of a dataset, to compare the whole set with.</summary>
    [Parameter(ParameterSetName = ImageSet), Parameter(ParameterSetName = PathSet), Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public string? Reference { get; set; }

    /// <summary>
    /// The judge: the name of one that ships with the module, or the folder of one that Start-McdmTraining -Judge trained; that of the picture's model
    /// by default.
    /// </summary>
    [Parameter(ParameterSetName = ImageSet), Parameter(ParameterSetName = PathSet), Parameter(ParameterSetName = LiteralPathSet)]
    [ArgumentCompleter(typeof(JudgeNames))]
    [ValidateNotNullOrEmpty]
    public string? Judge { get; set; }

    /// <summary>Where the judge computes; the fastest device by default.</summary>
    [Parameter(ParameterSetName = ImageSet), Parameter(ParameterSetName = PathSet), Parameter(ParameterSetName = LiteralPathSet)]
    [ArgumentCompleter(typeof(DeviceNames))]
    public string? Device { get; set; }

    /// <summary>Sample each picture again without each of its conditions: what did each move?</summary>
    [Parameter(Mandatory = true, ParameterSetName = ImageAttributionSet)]
    [Parameter(Mandatory = true, ParameterSetName = PathAttributionSet)]
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathAttributionSet)]
    public SwitchParameter Attribution { get; set; }

    /// <summary>The model to sample with; the loaded one that the recipe names by default.</summary>
    [Parameter(ParameterSetName = ImageAttributionSet), Parameter(ParameterSetName = PathAttributionSet),
        Parameter(ParameterSetName = LiteralPathAttributionSet)]
    [ModelTransformation]
    [ArgumentCompleter(typeof(ModelNames))]
    [ValidateNotNull]
    public Model? Model { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        if (Attribution) { return; }
        _judges = new LoadedJudges(ResolveOutput, ComputeDevice.Select(Device, WriteWarning).ToTorch());
        if (Judge is not null) { _judge = _judges.Load(Judge); }
        if (Reference is not null)
        {
            _referenceItems = PictureDataset.Open(ResolveInput(Reference, literal: true)).Items;
            SetMeasurement.RequireEnough(_referenceItems.Count, $"The reference '{Reference}'");
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (Attribution) { return; }
        _queue.Flush();
        if (IsOneSet && _measured.Count > 0) { Write(SetMeasurement.Of(_measured, _queue.Reference, WriteWarning), set => set.Results); }
    }

    /// <inheritdoc/>
    protected override void ProcessImage(McdmImage image)
    {
        if (Attribution)
        {
            Attribute(image);
            return;
        }
        IReadOnlyList<Condition> conditions = Condition ?? image.Recipe?.Conditions.Select(condition => condition.ToCondition()).ToArray() ?? [];
        var judge = JudgeOf(image);
        if (_referenceItems is not null)
        {
            judge.RequireSize(image.Picture, $"'{image.FileName}'");
            _queue.Reference ??= Look(judge, _referenceItems);
        }
        else if (conditions.Count == 0)
        {
            WriteVerbose(image.Recipe is null
                ? $"'{image.FileName}' carries no recipe, so what it should follow is not known (say so with -Condition): grain and flat share alone are "
                    + "measured."
                : $"'{image.FileName}' was sampled without conditions, so there is nothing it should follow: grain and flat share alone are measured.");
        }
        _queue.Add(judge, image, conditions);
    }

    private bool IsOneSet => Summary || _referenceItems is not null;

    /// <summary>The judge that is named, or the picture's model's; a set is looked at by one, that of its first picture.</summary>
    private Judge JudgeOf(McdmImage image) =>
        _judge is not null && (Judge is not null || IsOneSet) ? _judge : _judge = _judges!.LoadFor(image.Recipe?.Model ?? "");

    private void Attribute(McdmImage image)
    {
        var model = ModelLibrary.For(Evaluation.Attribution.RecipeOf(image), Model, WriteWarning);
        using var progress = StartProgress($"Sampling '{image.FileName}' without each condition");
        var attribution = new Attribution(model)
        {
            Progress = state => progress.Update(state.PicturesDone + (double)state.Batch * state.Step / state.Steps, state.Pictures,
                $"step {state.Step} of {state.Steps}"),
        };
        WriteObjects(attribution.Of(image, Cancellation).Select(part => part with
        {
            HeatMap = new McdmImage(HeatMap.Draw(PictureDifference.Of(part.Picture.Picture, part.LeftOut.Picture), part.Picture.Width, part.Scale))
            {
                Name = part.HeatMapName,
            },
        }));
    }

    private void Take(ImageMeasurement measured)
    {
        foreach (string reason in measured.NotMeasured.Where(_notMeasured.Add)) { WriteWarning(reason); }
        if (IsOneSet) { _measured.Add(measured); }
        else { Write(measured, image => image.Results); }
    }

    /// <summary>Writes a measurement, with a property for each column of results that its type has none for: those of modalities from elsewhere.</summary>
    private void Write<T>(T measurement, Func<T, IReadOnlyDictionary<string, double>> results) where T : notnull
    {
        var shown = PSObject.AsPSObject(measurement);
        foreach (var (name, value) in results(measurement).Where(result => shown.Properties[result.Key] is null))
        {
            shown.Properties.Add(new PSNoteProperty(name, value));
        }
        WriteObject(measurement);
    }

    private ReferenceSet Look(Judge judge, IReadOnlyList<DatasetItem> items)
    {
        using var progress = StartProgress("Looking at the reference");
        return ReferenceSet.Look(judge, items, (done, all) => progress.Update(done, all), WriteVerbose, Cancellation);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _judges?.Dispose();
        base.Dispose(disposing);
    }
}
