using System.Management.Automation;
using Mcdm.Datasets;
using Mcdm.Display.Plots;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Modalities;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Hosting;
using Mcdm.Runtime;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Commands;

/// <summary>Measures how well pictures obey their conditions, how smooth they are, how a set of pictures compares with a reference, or what each condition did.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "McdmImage", DefaultParameterSetName = ImageSet, HelpUri = HelpPage.Folder + "Measure-McdmImage.md")]
[OutputType(typeof(ImageMeasurement))]
[OutputType(typeof(SetMeasurement))]
[OutputType(typeof(ConditionAttribution))]
public sealed class MeasureMcdmImage : ImageCmdlet
{
    private const string ImageAttributionSet = "ImageAttribution", PathAttributionSet = "PathAttribution", LiteralPathAttributionSet = "LiteralPathAttribution";
    private const int BatchSize = 32;

    private readonly List<Expectation> _pending = [];
    private readonly List<ImageMeasurement> _measured = [];
    private readonly Dictionary<string, Judge> _judges = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _judgeNames = [];
    private Judge? _judge;
    private ComputeDevice? _device;
    private IReadOnlyList<DatasetItem>? _referenceItems;
    private ReferenceSet? _reference;

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

    /// <summary>What every picture should obey, instead of what its recipe says.</summary>
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

    /// <summary>The judge: the name of one that ships with the module, or the folder of one that Start-McdmTraining -Judge trained; that of the picture's model by default.</summary>
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
    [Parameter(ParameterSetName = ImageAttributionSet), Parameter(ParameterSetName = PathAttributionSet), Parameter(ParameterSetName = LiteralPathAttributionSet)]
    [ModelTransformation]
    [ArgumentCompleter(typeof(ModelNames))]
    [ValidateNotNull]
    public Model? Model { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        if (Attribution) { return; }
        _device = ComputeDevice.Select(Device, WriteWarning);
        if (Judge is not null) { _judge = Loaded(Judge); }
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
        MeasurePending();
        if (IsOneSet && _measured.Count > 0) { Write(SetMeasurement.Of(_measured, _reference, WriteWarning), set => set.Results); }
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
            _reference ??= Look(judge, _referenceItems);
        }
        else if (conditions.Count == 0)
        {
            WriteVerbose(image.Recipe is null
                ? $"'{image.FileName}' carries no recipe, so what it should obey is not known (say so with -Condition): grain and flat share alone are measured."
                : $"'{image.FileName}' was sampled without conditions, so there is nothing it should obey: grain and flat share alone are measured.");
        }
        _pending.Add(new Expectation(judge, image, conditions));
        if (_pending.Count == BatchSize) { MeasurePending(); }
    }

    private bool IsOneSet => Summary || _referenceItems is not null;

    /// <summary>The judge that is named, or the picture's model's; a set is looked at by one, that of its first picture.</summary>
    private Judge JudgeOf(McdmImage image)
    {
        if (_judge is not null && (Judge is not null || IsOneSet)) { return _judge; }
        string model = image.Recipe?.Model ?? "";
        if (!_judgeNames.TryGetValue(model, out string? name)) { name = _judgeNames[model] = JudgeLibrary.For(model); }
        var judge = Loaded(name);
        if (judge != _judge) { MeasurePending(); }
        return _judge = judge;
    }

    private Judge Loaded(string name) =>
        _judges.TryGetValue(name, out var judge) ? judge : _judges[name] = JudgeLibrary.Load(name, ResolveOutput, _device!);

    private void Attribute(McdmImage image)
    {
        var model = ModelLibrary.For(Evaluation.Attribution.RecipeOf(image), Model, WriteWarning);
        using var progress = StartProgress($"Sampling '{image.FileName}' without each condition");
        var attribution = new Attribution(model)
        {
            DrawHeatMap = HeatMap.Draw,
            Progress = state => progress.Update(state.PicturesDone + (double)state.Batch * state.Step / state.Steps, state.Pictures, $"step {state.Step} of {state.Steps}"),
        };
        WriteObjects(attribution.Of(image, Cancellation));
    }

    /// <summary>The judge looks at many pictures in little more time than at one. Pictures that it cannot see are those that nothing is asked of.</summary>
    private void MeasurePending()
    {
        Cancellation.ThrowIfCancellationRequested();
        if (_pending.Count == 0) { return; }
        var seen = new Queue<Judgement>(_judge!.Look(_pending.Select(expected => expected.Picture).Where(_judge.CanSee).ToList()));
        var measured = _pending.ConvertAll(expected => expected.Against(_judge.CanSee(expected.Picture) ? seen.Dequeue() : Judgement.None, _reference));
        _pending.Clear();
        if (IsOneSet) { _measured.AddRange(measured); }
        else { measured.ForEach(one => Write(one, image => image.Results)); }
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
        foreach (var judge in _judges.Values) { judge.Dispose(); }
        base.Dispose(disposing);
    }
}
