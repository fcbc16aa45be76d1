using System.Management.Automation;
using Mcdm.Experts;
using Mcdm.Generation;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Commands;

/// <summary>
/// Samples pictures that obey all conditions at once. Conditions piped in become one composition; records with properties
/// such as Text, Sketch and Segment are one composition each; recipes make their pictures again.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "McdmSample", DefaultParameterSetName = ConditionSet)]
[OutputType(typeof(McdmImage))]
public sealed class InvokeMcdmSample : McdmCmdlet
{
    private const string ConditionSet = "Condition", RecordSet = "Record", RecipeSet = "Recipe";
    private const int MaxCount = 1_000_000;
    private readonly List<Condition> _conditions = [];
    private long _defaultSeed;

    /// <summary>The conditions of one composition; strings are sentences or picture files.</summary>
    [Parameter(ParameterSetName = ConditionSet, ValueFromPipeline = true)]
    [ConditionTransformation]
    [ValidateNotNull]
    public Condition[] Condition { get; set; } = [];

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

    /// <summary>Weight of the text condition.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    public double TextWeight { get; set; } = 1;

    /// <summary>Weight of the sketch condition.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    public double SketchWeight { get; set; } = 1;

    /// <summary>Weight of the mask condition.</summary>
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    public double SegmentWeight { get; set; } = 1;

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
    [ValidateRange(1, MaxCount)]
    public int Count { get; set; } = 1;

    /// <summary>Seed of the first picture; the next have the following numbers. Random by default.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, long.MaxValue - MaxCount)]
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
    public SamplerKind Sampler { get; set; } = SamplerKind.DpmSolver;

    /// <summary>Steps from noise to picture, up to the schedule's T.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    public int Steps { get; set; } = 25;

    /// <summary>DDIM's η: 0 is deterministic, 1 adds as much noise as DDPM.</summary>
    [Parameter(ParameterSetName = ConditionSet)]
    [Parameter(ParameterSetName = RecordSet, ValueFromPipelineByPropertyName = true)]
    public double Eta { get; set; }

    /// <summary>Pictures that go through the networks together.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int BatchSize { get; set; } = 4;

    /// <summary>Show in the terminal what the pictures are guessed to become.</summary>
    [Parameter]
    public SwitchParameter Preview { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin() => _defaultSeed = Random.Shared.Next();

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        switch (ParameterSetName)
        {
            case RecordSet:
                Sample(ReadRecord(), null);
                break;
            case RecipeSet:
                foreach (var recipe in Recipe) { Attempt(recipe, () => Sample(FromRecipe(recipe), recipe)); }
                break;
            default:
                _conditions.AddRange(Condition);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (ParameterSetName != ConditionSet) { return; }
        if (_conditions.Count == 0 && MyInvocation.ExpectingInput)
        {
            throw new McdmException("NoConditions", ErrorKind.InvalidArgument, "No condition came down the pipeline; to sample without conditions call Invoke-McdmSample on its own.");
        }
        Sample(Request(_conditions), null);
    }

    private GenerationRequest Request(IReadOnlyList<Condition> conditions)
    {
        var request = new GenerationRequest
        {
            Conditions = conditions,
            Count = Count,
            Seed = Seed ?? _defaultSeed,
            Sampling = new SamplerOptions { Sampler = Sampler, Steps = Steps, Eta = Eta },
            BatchSize = BatchSize,
            Name = string.IsNullOrEmpty(Name) ? null : Name,
        };
        if (Seed is null) { _defaultSeed += Count; }
        return request;
    }

    private GenerationRequest ReadRecord()
    {
        var conditions = new List<Condition>();
        if (!string.IsNullOrWhiteSpace(Text)) { conditions.Add(Modalities.Condition.FromText(Text, TextWeight)); }
        if (!string.IsNullOrWhiteSpace(Sketch))
        {
            string path = Single(Sketch);
            conditions.Add(Modalities.Condition.FromSketch(PictureFile.Read(path, WriteVerbose), SketchWeight, path));
        }
        if (!string.IsNullOrWhiteSpace(Segment))
        {
            string path = Single(Segment);
            string[] parts = (Part ?? []).SelectMany(part => part.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToArray();
            conditions.Add(Modalities.Condition.FromSegment(PictureFile.Read(path, WriteVerbose), parts, SegmentWeight, path));
        }
        return Request(conditions);
    }

    private string Single(string path) => ResolveInput(path) is [string only] ? only
        : throw new McdmException("PathAmbiguous", ErrorKind.InvalidArgument, $"'{path}' matches several files; a composition takes one.");

    private static GenerationRequest FromRecipe(Recipe recipe) => new()
    {
        Conditions = recipe.Conditions.Select(condition => condition.ToCondition()).ToList(),
        Seed = recipe.Seed,
        Sampling = recipe.Sampling,
        BatchSize = 1,
    };

    private void Sample(GenerationRequest request, Recipe? recipe)
    {
        var model = Model ?? TheLoadedModel(recipe);
        using var progress = StartProgress($"Sampling from {model.Name}");
        if (recipe is not null && recipe.Precision != model.Precision)
        {
            WriteWarning($"The recipe was made in {recipe.Precision}, but model '{model.Name}' computes in {model.Precision}: the picture will differ slightly.");
        }
        using var preview = Preview ? SamplingPreview.Start(this) : null;
        var generator = new ImageGenerator(model)
        {
            Note = WriteVerbose,
            Preview = preview is null ? null : preview.Show,
            Progress = step => progress.Update(
                (long)step.PicturesDone * step.Steps + (long)step.Step * Math.Min(request.BatchSize, step.Pictures - step.PicturesDone),
                (long)step.Pictures * step.Steps,
                $"step {step.Step} of {step.Steps}, {step.PicturesDone} of {step.Pictures} pictures done"),
        };
        int pictures = 0;
        var time = TimeSpan.Zero;
        foreach (var image in generator.Generate(request, Cancellation))
        {
            WriteObject(image);
            pictures++;
            time += image.Duration;
        }
        WriteVerbose($"{pictures} pictures in {time.TotalSeconds:0.0} s: {request.Sampling.Steps} steps of {request.Sampling.Sampler} on {model.Device}, {model.Precision}.");
    }

    private static Model TheLoadedModel(Recipe? recipe)
    {
        var loaded = ModelLibrary.Loaded;
        var fitting = recipe is null ? loaded : loaded.Where(model => model.Name == recipe.Model).ToList();
        return fitting.Count switch
        {
            0 when recipe is not null => throw new McdmException("ModelRequired", ErrorKind.InvalidArgument, $"The recipe asks for model '{recipe.Model}', which is not loaded; import it first: Import-McdmModel {recipe.Model}."),
            0 => throw new McdmException("ModelRequired", ErrorKind.InvalidArgument, "No model is loaded; import one first, such as Import-McdmModel Faces."),
            1 => fitting[0],
            _ => throw new McdmException("ModelRequired", ErrorKind.InvalidArgument, $"Several models are loaded ({string.Join(", ", fitting)}); say which with -Model."),
        };
    }
}
