using System.Management.Automation;
using Mcdm.Experts;
using Mcdm.Modalities;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Hosting;
using Mcdm.PowerShell.Serialization;
using Mcdm.Runs;
using Mcdm.Sampling;
using Mcdm.Sampling.Jobs;
using Mcdm.Tables;

namespace Mcdm.PowerShell.Commands;

/// <summary>
/// Samples pictures that follow all conditions at once. Conditions piped in become one composition; records with properties
/// such as Text, Sketch and Segment are one composition each; recipes make their pictures again. What a record says can be typed too, also beside conditions:
/// each of <see cref="JobColumns"/> is a parameter.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "McdmSample", DefaultParameterSetName = ConditionSet, SupportsShouldProcess = true)]
[OutputType(typeof(McdmImage))]
public sealed class InvokeMcdmSample : McdmCmdlet, IDynamicParameters
{
    private const string ConditionSet = "Condition", RecordSet = "Record", RecipeSet = "Recipe";
    private readonly List<Condition> _conditions = [];
    private readonly JobCounter _rows = new();
    private readonly Dictionary<string, Model> _models = new(StringComparer.OrdinalIgnoreCase);
    private readonly ColumnParameters _columns;
    private readonly UnknownColumns _unknown;
    private HashSet<string> _given = [];
    private bool _isBegun, _isScripted;
    private BackgroundRun? _job;
    private JobReader? _reader;
    private JobLog? _log;
    private SamplingRuns? _runs;

    /// <summary>Makes the command; the engine does.</summary>
    public InvokeMcdmSample()
    {
        // The engine binds the command line before the beginning, and records after it.
        _columns = new ColumnParameters(() => _isBegun && InputObject is not null, RecordSet, ConditionSet);
        _unknown = new UnknownColumns(WriteWarning);
    }

    /// <summary>The conditions of one composition; strings are sentences or picture files.</summary>
    [Parameter(ParameterSetName = ConditionSet, Position = 0, ValueFromPipeline = true)]
    [ConditionTransformation]
    [ValidateNotNull]
    public Condition[] Condition { get; set; } = [];

    /// <summary>A record with the properties that the parameters below name, such as a row of Import-Csv or a hashtable.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipeline = true)]
    [RecordTransformation]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Recipes of pictures to make again: recipes, sampled images, or saved PNG files.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RecipeSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [RecipeTransformation]
    [ValidateNotNullOrEmpty]
    public Recipe[] Recipe { get; set; } = [];

    /// <summary>The model, its name or its folder; the only loaded one by default.</summary>
    [Parameter]
    [ModelTransformation]
    [ArgumentCompleter(typeof(ModelNames))]
    [ValidateNotNull]
    public Model? Model { get; set; }

    /// <summary>By what the conditions' own weights are multiplied.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet)]
    [Number(typeof(double))]
    [ArgumentCompleter(typeof(Numbers))]
    public double? Weight { get; set; }

    /// <summary>The folder, or file, that the pictures will be saved to: those that are there already are not sampled.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet)]
    [SkipExistingPath]
    [ValidateNotNullOrEmpty]
    public string? SkipExisting { get; set; }

    /// <summary>How long another computer's claim on a picture counts without being renewed, in minutes, with -SkipExisting.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet)]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(1, 1440)]
    public int ClaimMinutes { get; set; } = (int)PictureClaim.UsualLimit.TotalMinutes;

    /// <summary>Pictures that go through the networks together; as memory allows by default.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateRange(1, 256)]
    public int? BatchSize { get; set; }

    /// <summary>Show in the terminal what the pictures are guessed to become.</summary>
    [Parameter]
    public SwitchParameter Preview { get; set; }

    /// <summary>Do not measure how well the pictures follow their conditions.</summary>
    [Parameter]
    public SwitchParameter NoMeasure { get; set; }

    /// <summary>Sample in a thread job, and hand on the job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>The parameters that are columns of a table.</summary>
    public object GetDynamicParameters() => _columns.Parameters;

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        (_given, _isBegun) = (MyInvocation.BoundParameters.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase), true);
        _isScripted = JobColumns.Conditions.Any(name => _given.Contains(name) && !_columns.IsSet(name));
        if (AsJob)
        {
            _job = new BackgroundRun(this, nameof(AsJob));
            return;
        }
        _reader = new JobReader(new RowFiles(this).PathOf, WriteVerbose, WriteWarning)
        {
            KeepsSeed = SkipExisting is not null,
            Weight = Weight ?? 1,
        };
        // A recipe's picture has the same bytes again where it is sampled alone.
        _runs = new SamplingRuns(this, model => BatchSize ?? (ParameterSetName == RecipeSet ? 1 : BatchSizes.Default(model)),
            ParameterSetName == ConditionSet || !MyInvocation.ExpectingInput, Preview, !NoMeasure);
        if (SkipExisting is null) { return; }
        string target = ResolveOutput(SkipExisting);
        _runs.SkipExisting(MissingPictures.In(target, TimeSpan.FromMinutes(ClaimMinutes), IsWhatIf, WriteVerbose));
        if (!IsWhatIf) { _log = new JobLog(PictureName.FolderOf(target)); }
    }

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        if (_job is not null)
        {
            if (MyInvocation.ExpectingInput) { _job.Add(PipelineInput()); }
            return;
        }
        switch (ParameterSetName)
        {
            case RecordSet when InputObject is { } record:
                SampleRecord(record);
                break;
            case RecipeSet:
                foreach (var recipe in Recipe) { Attempt(recipe, () => _runs!.Add(ModelLibrary.For(recipe, Model, WriteWarning), recipe.ToRequest())); }
                break;
            case ConditionSet when IsOfOneComposition:
                _conditions.AddRange(Condition);
                return;
            default:
                SampleTyped(_columns.Values);
                break;
        }
        _runs!.WriteFullBatches();
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (_job is not null)
        {
            WriteObject(_job.Start());
            return;
        }
        if (_conditions.Count > 0 || (ParameterSetName == ConditionSet && !MyInvocation.ExpectingInput))
        {
            var typed = NumberedColumns.Apart(_columns.Values);
            foreach (var empty in JobColumns.Stating.Where(column => _given.Contains(column.Name) && !typed.Says(column)))
            {
                WriteWarning($"-{empty.Name} is empty, so it asks for nothing.");
            }
            Sample(new JobRow(typed, 1), TheModel(), _conditions);
        }
        if (_runs!.IsEmpty)
        {
            WriteVerbose("Nothing came down the pipeline, so nothing is sampled; to sample without conditions call Invoke-McdmSample on its own.");
        }
        _runs.WriteRest();
    }

    /// <summary>
    /// Whether what is bound belongs to the one composition of all input. What comes down the pipeline is no condition where conditions were typed before, or
    /// where script blocks make a condition of it: then each is a composition of its own.
    /// </summary>
    private bool IsOfOneComposition => !MyInvocation.ExpectingInput
        || (Condition.Length > 0 && !_given.Contains(nameof(Condition)) && !_isScripted);

    /// <summary>Samples a row; its errors say which it is, and so do the accounts.</summary>
    private void SampleRecord(PSObject record)
    {
        var (said, given) = (RecordRow.Of(record), _columns.ValuesOf(_given));
        _runs!.Expect(JobRecord.LastRowOf(record));
        var job = _rows.Next(said.With(given));
        var model = Model is null && job.Row[JobColumns.Model] is not null ? null : TheModel();
        Attempt(record, () =>
        {
            try
            {
                _log?.Begin(job, model?.Name ?? job.Row[JobColumns.Model]!, given);
                if (!JobRecord.IsAsRead(record)) { _unknown.Check(record.Properties.Select(property => property.Name)); }
                job = job with { Row = NumberedColumns.Over(NumberedColumns.Apart(said), NumberedColumns.Apart(given)) };
                JobColumns.Check(job.Row);
                RequireAsked(record, job.Row);
                Sample(job, model ?? ModelOf(job.Row[JobColumns.Model]!));
            }
            catch (Exception e) when (Errors.IsExpected(e))
            {
                var error = job.Failure(Errors.WithId(e));
                _log?.Failed(job, error);
                throw error;
            }
        });
    }

    /// <summary>Samples what is typed, or what the engine could bind of an object.</summary>
    private void SampleTyped(Row row)
    {
        var job = _rows.Next(row);
        var typed = _given.Contains(nameof(Condition)) ? Condition : null;
        RequireUnderstood(typed is not null || row.Values.Any(value => value.Value is not null && NumberedColumns.States(value.Key)));
        var model = TheModel();
        Attempt(null, () => Sample(job with { Row = NumberedColumns.Apart(row) }, model, typed));
    }

    /// <summary>Samples a row, perhaps beside conditions.</summary>
    private void Sample(JobRow job, Model model, IReadOnlyList<Condition>? conditions = null)
    {
        var row = job.Row;
        string? name = MyInvocation.ExpectingInput && conditions != _conditions ? job.Name : job.OwnName;
        // Of what is done, sketches and masks need not be read.
        if (_runs!.AreThere(model, name, row.Get(JobColumns.Seed) ?? _reader!.Seed, row.Get(JobColumns.Count) ?? 1)) { return; }
        var request = conditions is null ? _reader!.Read(row, model, name) : _reader!.Read(conditions, row, model, name);
        _runs.Add(model, request with { Row = MyInvocation.ExpectingInput && conditions is null ? job.Number : null });
    }

    /// <summary>Refuses input that says nothing. The engine lets an object pass of which it could bind a property such as Name, or none.</summary>
    private void RequireUnderstood(bool saysSomething)
    {
        if (saysSomething || !MyInvocation.ExpectingInput) { return; }
        var columns = JobColumns.Conditions;
        throw new McdmException("InputNotUnderstood", ErrorKind.InvalidArgument,
            "What came down the pipeline is no condition, no recipe or sampled picture, and no record with " +
            $"{string.Join(", ", columns.SkipLast(1))} or {columns[^1]} (a recipe is sampled as it is: -Steps, -Seed and their like do not go with one).");
    }

    /// <summary>Refuses a record that has columns for conditions and states none in any.</summary>
    private static void RequireAsked(PSObject record, Row row)
    {
        var columns = record.Properties.Select(property => property.Name).Where(NumberedColumns.States).ToList();
        if (columns.Count == 0 || row.Names.Any(name => NumberedColumns.States(name) && row.Says(name))) { return; }
        throw new McdmException("RowAsksNothing", ErrorKind.InvalidData,
            $"It asks for nothing: {string.Join(", ", columns)} {(columns.Count == 1 ? "is" : "are")} empty. Fill one in; records without such columns make "
                + "pictures without conditions.");
    }

    /// <summary>What came down the pipeline last, for the same command elsewhere.</summary>
    private IEnumerable<object> PipelineInput() => ParameterSetName switch
    {
        ConditionSet when IsOfOneComposition => Condition,
        RecipeSet => Recipe,
        _ when InputObject is not null => [InputObject],
        _ => [JobRecord.Of(_columns.Values.Values.Where(value => !_given.Contains(value.Key)))],
    };

    /// <summary>The model that a record names; its folder is looked at once.</summary>
    private Model ModelOf(string name)
    {
        if (!_models.TryGetValue(name, out var model) || model.IsDisposed) { _models[name] = model = ModelTransformationAttribute.Of(name, ResolveOutput); }
        return model;
    }

    /// <summary>The model of conditions and records. Without one, nothing can be sampled at all.</summary>
    private Model TheModel()
    {
        try
        {
            var model = Model ?? ModelLibrary.Only();
            model.RequireLoaded();
            return model;
        }
        catch (McdmException e)
        {
            ThrowFailure(e, Model);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _runs?.Dispose();
        _log?.Dispose();
        base.Dispose(disposing);
    }
}
