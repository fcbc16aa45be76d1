using System.Management.Automation;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Layers.Frozen;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Hosting;
using Mcdm.Runtime;
using static System.FormattableString;

namespace Mcdm.PowerShell.Commands;

/// <summary>
/// Loads a model: by name one that ships with the module, by path any model folder or file, of Mcdm's own or of others. One that is loaded
/// already, unchanged, is given again. Joined, the experts of several become one model.
/// </summary>
[Cmdlet(VerbsData.Import, "McdmModel", DefaultParameterSetName = LiteralPathSet)]
[OutputType(typeof(Model))]
public sealed class ImportMcdmModel : HubCmdlet
{
    private const string NameSet = "Name", PathSet = "Path", LiteralPathSet = "LiteralPath", RepositorySet = "Repository";
    private readonly List<string> _folders = [];
    private ComputeDevice? _device;

    /// <summary>Name of an embedded model, with wildcards; or the path of a model.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NameSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AvailableModelNames))]
    public string[] Name { get; set; } = [];

    /// <summary>Model folder or file, with wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Model folder or file, taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Repositories of a hub, owner/name: what is not in the cache is downloaded first, as Save-McdmModel does.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RepositorySet)]
    [ValidateNotNullOrEmpty]
    public string[] Repository { get; set; } = [];

    /// <summary>A branch, a tag or a commit of the repositories.</summary>
    [Parameter(ParameterSetName = RepositorySet)]
    [ValidateNotNullOrEmpty]
    public string Revision { get; set; } = "main";

    /// <summary>One model with the experts of all that are named, instead of one model each.</summary>
    [Parameter]
    public SwitchParameter Join { get; set; }

    /// <summary>
    /// One model that draws in the space of the first one named, whose pictures the experts of the others, of other spaces, steer; they are called after both,
    /// such as sd15.canny.
    /// </summary>
    [Parameter]
    public SwitchParameter Bridge { get; set; }

    /// <summary>LoRAs and their kin for a Stable Diffusion model, files or folders, with wildcards; each becomes an expert named after it.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Lora { get; set; } = [];

    /// <summary>By what the LoRAs' changes are multiplied: one number for all, or one for each; 1 by default.</summary>
    [Parameter]
    [Number(typeof(double[]))]
    [ArgumentCompleter(typeof(Numbers))]
    [ValidateNotNullOrEmpty]
    public double[] LoraWeight { get; set; } = [];

    /// <summary>One expert with the changes of all LoRAs added up, as other programs have it, instead of one each.</summary>
    [Parameter]
    public SwitchParameter MergeLora { get; set; }

    /// <summary>Embeddings (textual inversion) for a Stable Diffusion model, with wildcards; prompts name them as their files are called.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Embedding { get; set; } = [];

    /// <summary>The layer of CLIP's text encoder that prompts are taken from, counted from the end: 1, the last, by default.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    public int? ClipSkip { get; set; }

    /// <summary>Name of a published ADM model, for weights without a model.json beside them.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PresetNames))]
    [ValidateNotNullOrEmpty]
    public string? Preset { get; set; }

    /// <summary>What a single file's U-Net predicts; found out by default.</summary>
    [Parameter]
    public PredictionKind? Prediction { get; set; }

    /// <summary>A tokenizer's folder, or CLIP's list of merges, for files that hold none.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Vocabulary { get; set; }

    /// <summary>Weights of FaRL's text encoder, for Unite and Conquer's network of faces.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TextEncoder { get; set; }

    /// <summary>
    /// A decoder that shows pictures in place of the model's own: an autoencoder's file or folder, or a tiny one's (taesd_decoder), which is much sooner.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Decoder { get; set; }

    /// <summary>Unite and Conquer's experts as in the published program, where a sentence changes all of them, to draw its pictures again.</summary>
    [Parameter]
    public SwitchParameter AsPublished { get; set; }

    /// <summary>Variant of a model's weights, such as fp16, where its folder has several.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Variant { get; set; }

    /// <summary>Where its networks compute; the fastest device by default.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DeviceNames))]
    public string? Device { get; set; }

    /// <summary>The arithmetic its networks compute in.</summary>
    [Parameter]
    public Precision Precision { get; set; }

    /// <summary>How its networks' weights lie in memory: as they are computed with, or in 8 bits, widened layer by layer.</summary>
    [Parameter]
    public WeightStorage Storage { get; set; }

    /// <summary>Take encoders of text and pictures out of memory while pictures are sampled, and read them again when they are needed next.</summary>
    [Parameter]
    public SwitchParameter Offload { get; set; }

    /// <summary>Load a model anew although it is loaded, and although there may not be enough memory.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        _device = ComputeDevice.Select(Device, WriteWarning);
        // Not kept in a field: its type is TorchSharp's, which importing the module would then load.
        _ = Precision.On(_device, WriteWarning);
    }

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        foreach (string given in ParameterSetName switch { NameSet => Name, PathSet => Path, RepositorySet => Repository, _ => LiteralPath })
        {
            if (Join || Bridge) { Collect(given); }
            else
            {
                Attempt(given, () =>
                {
                    foreach (string folder in Folders(given)) { Attempt(folder, () => Import([folder])); }
                });
            }
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (_folders.Count > 0) { Import(_folders); }
    }

    /// <summary>A model that lacks one of those named would not be the one asked for, so the first that is missing ends the command.</summary>
    private void Collect(string given)
    {
        try
        {
            _folders.AddRange(Folders(given));
        }
        catch (McdmException e)
        {
            ThrowFailure(e, given);
        }
    }

    private IReadOnlyList<string> Folders(string given) => ParameterSetName switch
    {
        NameSet => NamedFolders(given),
        PathSet => ResolveInput(given),
        RepositorySet => [Fetch(given, Revision, [], Variant)!],
        _ => ResolveInput(given, literal: true),
    };

    private IReadOnlyList<string> NamedFolders(string name)
    {
        var available = ModelLibrary.Available;
        var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
        var named = available.Where(model => pattern.IsMatch(model.Name)).Select(model => model.Path).ToList();
        return named.Count > 0 ? named
            : name.AsSpan().IndexOfAny('/', '\\') >= 0 || name.StartsWith('.') || System.IO.Path.Exists(ResolveOutput(name)) ? ResolveInput(name)
            : throw new McdmException("ModelUnknown", ErrorKind.NotFound,
                $"No model named '{name}' ships with the module (there are: {string.Join(", ", available)}), and there is no folder or file of that name.")
                { Target = name };
    }

    /// <summary>The LoRAs of each expert: files with + between are one together, those that wildcards match one each.</summary>
    private IEnumerable<IReadOnlyList<string>> LorasOf(string given) =>
        given.Contains('+', StringComparison.Ordinal) && !System.IO.Path.Exists(ResolveOutput(given))
            ? [[.. given.Split('+', StringSplitOptions.TrimEntries).SelectMany(path => ResolveInput(path))]]
            : ResolveInput(given).Select(path => (string[])[path]);

    private string Single(string path) => ResolveInput(path) is [string only] ? only
        : throw new McdmException("PathAmbiguous", ErrorKind.InvalidArgument, $"'{path}' matches several files; give one.");

    private void Import(IReadOnlyList<string> folders)
    {
        var loras = Lora.SelectMany(LorasOf).ToList();
        var options = new ImportOptions
        {
            Loras = [.. loras.SelectMany(together => together)],
            LoraExperts = [.. loras.SelectMany((together, i) => together.Select(_ => MergeLora ? 0 : i))],
            LoraWeights = LoraWeight,
            Embeddings = Embedding.SelectMany(path => ResolveInput(path)).ToList(),
            ClipSkip = ClipSkip,
            Variant = Variant,
            Preset = Preset,
            Prediction = Prediction,
            Vocabulary = Vocabulary is null ? null : Single(Vocabulary),
            TextEncoder = TextEncoder is null ? null : Single(TextEncoder),
            Decoder = Decoder is null ? null : Single(Decoder),
            AsPublished = AsPublished,
            Bridge = Bridge,
            Storage = Storage,
            Offload = Offload,
        };
        if (!Force) { ModelMemory.Require(folders, _device!, Precision, Storage); }
        var (model, read) = ModelLibrary.Load(folders, options, _device!, Precision.On(_device!), Force);
        if (read)
        {
            foreach (string note in model.Notes) { WriteVerbose(note); }
            foreach (string warning in model.Warnings) { WriteWarning(warning); }
        }
        WriteVerbose(read
            ? Invariant($"Model '{model.Name}': {model.Parameters / 1e6:0.0} million parameters in {model.Experts.Count} experts, ") +
                $"{model.Precision} on {_device!.Name}."
            : $"Model '{model.Name}' was loaded from '{string.Join("', '", folders)}' before and has not changed; this is the same object. " +
                "-Force loads it anew.");
        foreach (var expert in model.Experts.Where(expert => expert.Space != model.Space))
        {
            WriteWarning($"The {expert.Name} expert was trained at {expert.Space.PictureWidth}×{expert.Space.PictureHeight} pixels, " +
                $"but the pictures of '{model.Name}' have {model.Space.PictureWidth}×{model.Space.PictureHeight}: it will know little of them. " +
                "-Width and -Height of Invoke-McdmSample choose a size between.");
        }
        WriteObject(model);
    }
}
