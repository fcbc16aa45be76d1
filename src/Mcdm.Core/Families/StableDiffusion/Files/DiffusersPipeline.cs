using System.Text.Json;
using Mcdm.Families.Shared;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// A pipeline's <c>model_index.json</c>: which class it is, and of which parts. Pipelines of many classes are the same networks, used otherwise; the parts say
/// whether they are Stable Diffusion's.
/// </summary>
internal sealed class DiffusersPipeline
{
    /// <summary>What Stable Diffusion's parts are.</summary>
    private static readonly (string Part, string[] Classes)[] s_parts =
    [
        ("unet", ["UNet2DConditionModel"]), ("vae", ["AutoencoderKL"]), ("text_encoder", ["CLIPTextModel", "CLIPTextModelWithProjection"]),
        ("tokenizer", ["CLIPTokenizer", "CLIPTokenizerFast"]),
    ];

    /// <summary>What Stable Diffusion XL has beside them.</summary>
    private static readonly (string Part, string[] Classes)[] s_second =
        [("text_encoder_2", ["CLIPTextModelWithProjection"]), ("tokenizer_2", ["CLIPTokenizer", "CLIPTokenizerFast"])];

    /// <summary>Parts that no picture needs, and those that are looked for beside the others.</summary>
    private static readonly string[] s_others = ["scheduler", "safety_checker", "feature_extractor", "controlnet"];

    private readonly JsonConfig _config;

    private DiffusersPipeline(JsonConfig config) => _config = config;

    /// <summary>The pipeline in a folder; null where there is none.</summary>
    /// <exception cref="McdmException">As <see cref="JsonConfig.Read"/>.</exception>
    public static DiffusersPipeline? At(string folder) => Path.Combine(folder, DiffusersFolder.IndexFile) is var path && File.Exists(path)
        ? new(JsonConfig.Read(path)) : null;

    /// <summary>The folders of the ControlNets that lie in a pipeline's.</summary>
    public static IEnumerable<string> ControlNetsOf(string folder)
    {
        var found = Enumerable.Range(0, int.MaxValue).Select(i => Path.Combine(folder, i == 0 ? "controlnet" : $"controlnet_{i}")).TakeWhile(Directory.Exists);
        return found.Where(own => File.Exists(Path.Combine(own, DiffusersFolder.ConfigFile)));
    }

    /// <summary>Whether its networks are Stable Diffusion's and it needs no others.</summary>
    public bool IsStableDiffusion => Has(s_parts) && Further.Count == 0 && !IsPlayground;

    /// <summary>Whether its process is that of Karras et al., as Playground's: its latents are scaled otherwise.</summary>
    private bool IsPlayground => ClassOf("scheduler")?.StartsWith("EDM", StringComparison.Ordinal) == true;

    /// <summary>Whether it reads the second text encoder of Stable Diffusion XL alone, and an aesthetic score.</summary>
    private bool IsRefiner => HasTwoTexts && ClassOf("text_encoder") is null;

    /// <summary>Whether it has the two text encoders of Stable Diffusion XL.</summary>
    public bool HasTwoTexts => Has(s_second);

    /// <summary>Whether no prompt is zeros, and not an empty one that is encoded.</summary>
    public bool NoneIsZero => _config.Get("force_zeros_for_empty_prompt", true);

    /// <summary>What stands in the way of using its networks alone, as a clause that follows its path.</summary>
    public string Obstacle(string folder) => IsPlayground ? "is of Playground 2.5 (its scheduler is of the process of Karras et al.), which Mcdm does not run"
        : IsRefiner ? "is the refiner of Stable Diffusion XL, which Mcdm does not run: the base model makes whole pictures"
        : $"is a {_config.ClassName}, which needs more than a prompt"
        + (Further.Count == 0 ? "" : $" (its parts: {string.Join(", ", Further)})")
        + (ChannelsOf(folder) is { } channels and not 4 ? $"; its U-Net reads {channels} channels where Stable Diffusion's reads 4" : "")
        + ": Mcdm does not run it";

    /// <summary>Parts that are there and not read, in a sentence; none where there is nothing to say.</summary>
    public IEnumerable<string> Warnings => IsStableDiffusion ? UnreadKeys.Warnings(_config, DiffusersFolder.IndexFile) : [];

    /// <summary>Parts that Stable Diffusion does not have.</summary>
    private IReadOnlyList<string> Further => field ??= _config.Keys
        .Where(key => !key.StartsWith('_') && !IsBeside(key) && s_parts.All(part => part.Part != key)
            && (!HasTwoTexts || s_second.All(part => part.Part != key)) && ClassOf(key) is not null).ToList();

    private bool Has(IEnumerable<(string Part, string[] Classes)> parts) => parts.All(part => ClassOf(part.Part) is { } name && part.Classes.Contains(name));

    /// <summary>Whether pictures are made without a part. By a picture encoder IP-Adapters read; pipelines of other names need theirs.</summary>
    private bool IsBeside(string key) => s_others.Contains(key)
        || (key == ImageEncoderFiles.FolderName && _config.ClassName?.StartsWith("StableDiffusion", StringComparison.Ordinal) == true);

    /// <summary>The class of a part: the second of a list of two; null for what is no part, or one that is left out.</summary>
    private string? ClassOf(string key) => _config.Value(key) is { ValueKind: JsonValueKind.Array } part && part.GetArrayLength() == 2
        && part[1].ValueKind == JsonValueKind.String ? part[1].GetString() : null;

    private static int? ChannelsOf(string folder)
    {
        string path = Path.Combine(folder, "unet", DiffusersFolder.ConfigFile);
        return File.Exists(path) ? JsonConfig.Read(path).Get<int?>("in_channels", null) : null;
    }
}
