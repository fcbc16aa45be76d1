using System.Management.Automation;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.Runs;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Commands;

/// <summary>
/// Samples pictures that obey all conditions at once. Conditions piped in become one composition; records with properties
/// such as Text, Sketch and Segment are one composition each; recipes make their pictures again.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "McdmSample", DefaultParameterSetName = ConditionSet, SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Invoke-McdmSample.md")]
[OutputType(typeof(McdmImage))]
public sealed class InvokeMcdmSample : McdmCmdlet
{
    /// <summary>Name of the parameter set of records.</summary>
    internal const string RecordSet = "Record";
    private const string ConditionSet = "Condition", RecipeSet = "Recipe";
    private const int MaxCount = 1_000_000;
    private static readonly ParticleOptions s_particles = new();
    private readonly List<Condition> _conditions = [];
    private readonly RecordColumns _columns = new(typeof(InvokeMcdmSample), RecordSet);
    private HashSet<string> _given = [];
    private BackgroundRun? _job;
    private PSObject? _record;
    private MissingPictures? _missing;
    private OrderlyEnd? _end;
    private RunLog? _log;
    private SamplingRun? _run;
    private long _defaultSeed;
    private int _records;
    private string? _firstFile;

    /// <summary>The conditions of one composition; strings are sentences or picture files.</summary>
    [Parameter(ParameterSetName = ConditionSet, Position = 0, ValueFromPipeline = true)]
    [ConditionTransformation]
    [ValidateNotNull]
    public Condition[] Condition { get; set; } = [];

    /// <summary>A record with the properties that the parameters below name, such as a row of Import-Csv or a hashtable.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipeline = true)]
    [RecordTransformation]
    [ValidateNotNull]
    public PSObject? InputObject
    {
        get => _record;
        set => CellAttribute.IsRecord = (_record = value) is not null;
    }

    /// <summary>The record's number in its file, from 1, which Import-McdmJob gives it; its number in the pipeline by default.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int))]
    [ValidateCell(1, int.MaxValue)]
    public int? Row { get; set; }

    /// <summary>A sentence the picture should obey.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TextWords))]
    [AllowEmptyString]
    [AllowNull]
    public string? Text { get; set; }

    /// <summary>Picture file of a line drawing.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [AllowNull]
    public string? Sketch { get; set; }

    /// <summary>Picture file of a mask in the model's part colours.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [AllowNull]
    public string? Segment { get; set; }

    /// <summary>The parts of the mask that are stated; in a record, separated by commas.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PartNames))]
    [AllowEmptyCollection]
    [AllowNull]
    public string[]? Part { get; set; }

    /// <summary>Picture file of which only the rough colours count.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [AllowNull]
    public string? LowResolution { get; set; }

    /// <summary>Weight of the text condition.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(double))]
    public double? TextWeight { get; set; }

    /// <summary>Weight of the sketch condition.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(double))]
    public double? SketchWeight { get; set; }

    /// <summary>Weight of the mask condition.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(double))]
    public double? SegmentWeight { get; set; }

    /// <summary>Weight of the low-resolution condition.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(double))]
    public double? LowResolutionWeight { get; set; }

    /// <summary>The folder that relative paths start at, or a file in it, such as the CSV; the current location by default.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [AllowNull]
    public string? BasePath { get; set; }

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

    /// <summary>Pictures of each composition.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int))]
    [ValidateCell(1, MaxCount)]
    public int? Count { get; set; }

    /// <summary>Seed of the first picture; the next have the following numbers. Random by default.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(long))]
    [ValidateCell(0, long.MaxValue - MaxCount)]
    public long? Seed { get; set; }

    /// <summary>Name of the pictures, for the files they are saved to.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [AllowNull]
    public string? Name { get; set; }

    /// <summary>The sampler.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(Sampler))]
    [ArgumentCompleter(typeof(SamplerNames))]
    public Sampler? Sampler { get; set; }

    /// <summary>Steps from noise to picture, up to the schedule's T.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int))]
    public int? Steps { get; set; }

    /// <summary>DDIM's η: 0 is deterministic, 1 adds as much noise as DDPM.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(double))]
    public double? Eta { get; set; }

    /// <summary>Picture file that sampling starts from, in place of noise alone; brought to the size of what is sampled.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [AllowNull]
    public string? Picture { get; set; }

    /// <summary>Share of the steps that is taken from the picture on, above 0 (it hardly changes) up to 1; 0.6 by default.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(double))]
    public double? Strength { get; set; }

    /// <summary>Picture file that is white where something new is drawn and black where the picture stays.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [AllowNull]
    public string? Mask { get; set; }

    /// <summary>What the picture should not be like, for models whose unconditional expert reads prompts: stands there in place of the empty prompt.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [AllowNull]
    public string? NegativePrompt { get; set; }

    /// <summary>φ, 0…1: how much of the contrast that large weights add is taken back.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(double))]
    public double? GuidanceRescale { get; set; }

    /// <summary>Langevin steps at every noise level on the way.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int))]
    public int? LangevinSteps { get; set; }

    /// <summary>How the predictions are combined.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(Combiner))]
    [ArgumentCompleter(typeof(CombinerNames))]
    public Combiner? Combiner { get; set; }

    /// <summary>By what the conditions' own weights are multiplied.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet)]
    [Number(typeof(double))]
    public double? Weight { get; set; }

    /// <summary>Particles K that each picture is drawn from; they correct the bias of adding predictions.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int))]
    public int? Particles { get; set; }

    /// <summary>τ, by which the particles' log-weights are divided; 1 is exact.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(double))]
    public double? Temperature { get; set; }

    /// <summary>The share of K below which the effective sample size has the particles resampled.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(double))]
    public double? ResampleThreshold { get; set; }

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
    [ValidateRange(1, 1440)]
    public int ClaimMinutes { get; set; } = (int)PictureClaim.UsualLimit.TotalMinutes;

    /// <summary>Columns of the pictures, where the model's networks allow another size than they were trained at.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int))]
    [ValidateCell(1, 4096)]
    public int? Width { get; set; }

    /// <summary>Rows of the pictures, where the model's networks allow another size than they were trained at.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int))]
    [ValidateCell(1, 4096)]
    public int? Height { get; set; }

    /// <summary>Pictures that go through the networks together; as memory allows by default.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ValidateRange(1, 256)]
    public int? BatchSize { get; set; }

    /// <summary>Show in the terminal what the pictures are guessed to become.</summary>
    [Parameter]
    public SwitchParameter Preview { get; set; }

    /// <summary>Sample in a thread job, and hand on the job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        _given = MyInvocation.BoundParameters.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (AsJob)
        {
            _job = new BackgroundRun(this, nameof(AsJob));
            return;
        }
        // What is to be found again has a seed that is the same the next time.
        _defaultSeed = SkipExisting is null ? Random.Shared.Next() : 0;
        if (SkipExisting is null) { return; }
        _missing = MissingPictures.In(ResolveOutput(SkipExisting), TimeSpan.FromMinutes(ClaimMinutes), IsWhatIf, WriteVerbose);
        _end = new OrderlyEnd(StopSoon, _missing.Dispose);
    }

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        CellAttribute.IsRecord = false;
        if (_job is not null)
        {
            if (MyInvocation.ExpectingInput) { _job.Add(PipelineInput()); }
            return;
        }
        switch (ParameterSetName)
        {
            case RecordSet:
                _records++;
                if (InputObject is not null) { _columns.Check(InputObject, WriteWarning); }
                else if (MyInvocation.ExpectingInput) { RequireUnderstood(Text ?? Sketch ?? Segment ?? LowResolution); }
                var model = TheModel();
                Attempt(InputObject, () => AddRecord(model));
                _run?.WriteFullBatches();
                break;
            case RecipeSet:
                foreach (var recipe in Recipe) { Attempt(recipe, () => Add(ModelLibrary.For(recipe, Model, WriteWarning), recipe.ToRequest())); }
                _run?.WriteFullBatches();
                break;
            default:
                if (MyInvocation.ExpectingInput) { RequireUnderstood(Condition.FirstOrDefault()); }
                _conditions.AddRange(Condition);
                break;
        }
    }

    /// <summary>Refuses input that says nothing. The engine lets an object pass of which it could bind a property such as Name, or none.</summary>
    private static void RequireUnderstood(object? condition)
    {
        if (condition is null)
        {
            throw new McdmException("InputNotUnderstood", ErrorKind.InvalidArgument, "What came down the pipeline is no condition, no recipe or sampled picture, and no record with Text, Sketch, Segment or LowResolution (a recipe is sampled as it is: -Steps, -Seed and their like do not go with one).");
        }
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
            var model = TheModel();
            Add(model, Request(model, _conditions));
        }
        if (_run is null) { WriteVerbose("Nothing came down the pipeline, so nothing is sampled; to sample without conditions call Invoke-McdmSample on its own."); }
        _run?.WriteRest();
        foreach (var (model, request) in _missing?.Left() ?? []) { RunOf(model).Add(request); }
        _run?.WriteRest();
    }

    /// <summary>What came down the pipeline last, for the same command elsewhere.</summary>
    private IEnumerable<object> PipelineInput() => ParameterSetName switch
    {
        ConditionSet => Condition,
        RecipeSet => Recipe,
        _ when InputObject is not null => [InputObject],
        _ => [RecordColumns.Record(MyInvocation.BoundParameters.Where(bound => !_given.Contains(bound.Key)))],
    };

    private GenerationRequest Request(Model model, IReadOnlyList<Condition> conditions)
    {
        if (Weight is { } factor) { conditions = conditions.Select(condition => condition.Weighted(condition.Weight * factor, condition.Schedule, condition.Region)).ToList(); }
        var start = Start();
        var usual = UsualSampling.For(model, conditions, Sampler, Steps, start is not null);
        var request = new GenerationRequest
        {
            Conditions = conditions,
            Width = Width,
            Height = Height,
            From = start,
            Count = Count ?? 1,
            Seed = Seed ?? _defaultSeed,
            Sampling = usual with
            {
                Sampler = Eta is double eta ? usual.Sampler.WithEta(eta) : usual.Sampler,
                LangevinSteps = LangevinSteps ?? 0,
            },
            NegativePrompt = string.IsNullOrWhiteSpace(NegativePrompt) ? null : NegativePrompt.Trim(),
            Particles = new ParticleOptions
            {
                Particles = Particles ?? s_particles.Particles,
                Temperature = Temperature ?? s_particles.Temperature,
                ResampleThreshold = ResampleThreshold ?? s_particles.ResampleThreshold,
            },
            Combiner = (Combiner ?? new Product()).WithRescale(GuidanceRescale ?? 0),
            Name = PicturesName(),
        };
        if (request.Name is not null) { PictureName.Check(request.Name); }
        if (Seed is null && SkipExisting is null) { _defaultSeed += request.Count; }
        return request;
    }

    private StartPicture? Start()
    {
        if (string.IsNullOrWhiteSpace(Picture))
        {
            return string.IsNullOrWhiteSpace(Mask) && Strength is null ? null
                : throw new McdmException("PictureMissing", ErrorKind.InvalidArgument, $"-{(Strength is null ? nameof(Mask) : nameof(Strength))} says something of the picture that sampling starts from; give one with -Picture.");
        }
        string path = Single(Picture);
        return new StartPicture(PictureFile.Read(path, WriteVerbose), Strength ?? StartPicture.UsualStrength, string.IsNullOrWhiteSpace(Mask) ? null : PictureFile.Read(Single(Mask), WriteVerbose), path);
    }

    private void AddRecord(Model model)
    {
        try
        {
            if (InputObject is not null)
            {
                _columns.Fill(this, InputObject, _given);
                LogRows(model);
                _columns.RequireReadable(this, InputObject);
            }
            // Of what is done, sketches and masks need not be read.
            if (_missing?.AreThere(model, PicturesName(), Seed ?? _defaultSeed, Count ?? 1) != true) { Add(model, ReadRecord(model)); }
        }
        catch (Exception e) when (InputObject is not null && Errors.IsExpected(e))
        {
            var error = Errors.OfRow(e, RowNumber, Name);
            _log?.Failed(RowNumber, string.IsNullOrEmpty(Name) ? RowName() : Name, error.Id, error.Message);
            throw error;
        }
    }

    /// <summary>Begins accounts where rows are sampled that others may work at too, and says where the rows are.</summary>
    private void LogRows(Model model)
    {
        if (SkipExisting is null || IsWhatIf) { return; }
        _log ??= RunLog.Open(PictureName.FolderOf(ResolveOutput(SkipExisting)), model.Name);
        if (Row is null || string.IsNullOrEmpty(BasePath)) { return; }
        _log.HasRows(BasePath, RowPrefix(), _given.Contains(nameof(Name)) ? Name : null, _given.Contains(nameof(Seed)) ? Seed : null, _given.Contains(nameof(Count)) ? Count : null);
    }

    private int RowNumber => Row ?? _records;

    private string? PicturesName() => !string.IsNullOrEmpty(Name) ? Name : MyInvocation.ExpectingInput && ParameterSetName == RecordSet ? RowName() : null;

    /// <summary>The name of a record without one: by its row, and by its file's name where it comes from another file than the first.</summary>
    private string RowName() => ExpectedRow.NameOf(RowNumber, RowPrefix());

    private string RowPrefix()
    {
        if (Row is not null) { _firstFile ??= BasePath; }
        return Row is null || string.IsNullOrEmpty(BasePath) || BasePath == _firstFile ? "" : ExpectedRow.PrefixOf(BasePath);
    }

    private GenerationRequest ReadRecord(Model model)
    {
        var conditions = new List<Condition>();
        if (!string.IsNullOrWhiteSpace(Text)) { Add(Modalities.Condition.FromText(Text, TextWeight ?? 1)); }
        string[] parts = (Part ?? []).SelectMany(part => part.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToArray();
        AddPicture(Sketch, (picture, path) => Modalities.Condition.FromSketch(picture, SketchWeight ?? 1, path));
        AddPicture(Segment, (picture, path) => Modalities.Condition.FromSegment(picture, parts, SegmentWeight ?? 1, path));
        AddPicture(LowResolution, (picture, path) => Modalities.Condition.FromLowResolution(picture, LowResolutionWeight ?? 1, path));
        return Request(model, conditions);

        void AddPicture(string? given, Func<Picture, string, Condition> make)
        {
            if (string.IsNullOrWhiteSpace(given)) { return; }
            string path = Single(given);
            Add(make(PictureFile.Read(path, WriteVerbose), path));
        }

        void Add(Condition condition)
        {
            if (condition.Doubt is { } doubt) { WriteWarning(doubt); }
            conditions.Add(condition);
        }
    }

    private string Single(string path) => (string.IsNullOrEmpty(BasePath) ? ResolveInput(path) : UnderBase(path)) is [string only] ? only
        : throw new McdmException("PathAmbiguous", ErrorKind.InvalidArgument, $"'{path}' matches several files; a composition takes one.");

    /// <summary>A relative path under -BasePath, whose own name stands for itself; others as they are.</summary>
    private IReadOnlyList<string> UnderBase(string path)
    {
        if (System.IO.Path.IsPathRooted(path) || SessionState.Path.IsPSAbsolute(path, out _)) { return ResolveInput(path); }
        string folder = ResolveOutput(BasePath!);
        if (File.Exists(folder)) { folder = System.IO.Path.GetDirectoryName(folder)!; }
        string literal = ResolveOutput(System.IO.Path.Combine(folder, path));
        return System.IO.Path.Exists(literal) ? [literal] : ResolveInput(System.IO.Path.Combine(WildcardPattern.Escape(folder), path));
    }

    private void Add(Model model, GenerationRequest request)
    {
        var run = RunOf(model);
        foreach (var missing in _missing?.Of(model, request) ?? [request]) { run.Add(missing); }
    }

    private SamplingRun RunOf(Model model)
    {
        if (_run?.Model != model)
        {
            _run?.WriteRest();
            _run?.Dispose();
            // A recipe's picture has the same bytes again where it is sampled alone.
            _run = new SamplingRun(this, model, BatchSize ?? (ParameterSetName == RecipeSet ? 1 : BatchSizes.Default(model)), ParameterSetName == ConditionSet || !MyInvocation.ExpectingInput, Preview) { Missing = _missing };
        }
        return _run;
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
        CellAttribute.IsRecord = false;
        _run?.Dispose();
        _missing?.Dispose();
        _log?.Dispose();
        _end?.Dispose();
        base.Dispose(disposing);
    }
}
