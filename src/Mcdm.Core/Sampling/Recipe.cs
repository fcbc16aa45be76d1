using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Json;
using Mcdm.Modalities;

namespace Mcdm.Sampling;

/// <summary>
/// Everything a picture was made from: sampling it again on the same machine, in the same precision, gives the same picture.
/// Saved PNGs carry it as text.
/// </summary>
public sealed record Recipe
{
    /// <summary>Keyword of the PNG text that holds a recipe.</summary>
    public const string TextKeyword = "mcdm";
    private const string FormatPrefix = "mcdm-recipe-", CurrentFormat = FormatPrefix + "4";

    /// <summary>The last format in which samplers' and combiners' settings lay beside their words.</summary>
    private const string FlatFormat = FormatPrefix + "3";

    /// <summary>The formats that are read.</summary>
    private static readonly string[] s_formats = [CurrentFormat, FlatFormat];

    /// <summary>Version of the recipe's layout.</summary>
    public string Format { get; init; } = CurrentFormat;

    /// <summary>Version of Mcdm that made the picture.</summary>
    public string Version { get; init; } =
        typeof(Recipe).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Hash of the model's weights (<see cref="Experts.Model.Hash"/>); null where it is not known.</summary>
    public string? ModelHash { get; init; }

    /// <summary>Identity of the autoencoder whose latents were sampled (<see cref="Experts.LatentCodec.Identity"/>); null for pixels.</summary>
    public string? Space { get; init; }

    /// <summary>Columns of the picture; null for the model's own.</summary>
    public int? Width { get; init; }

    /// <summary>Rows of the picture; null for the model's own.</summary>
    public int? Height { get; init; }

    /// <summary>The conditions as the model understood them.</summary>
    public required IReadOnlyList<RecipeCondition> Conditions { get; init; }

    /// <summary>The picture's own seed.</summary>
    public required long Seed { get; init; }

    /// <summary>The sampler and its settings.</summary>
    public required SamplerOptions Sampling { get; init; }

    /// <summary>What the sampler is called.</summary>
    [JsonIgnore]
    public string Sampler => Sampling.Sampler.Name;

    /// <summary>Steps from noise to picture.</summary>
    [JsonIgnore]
    public int Steps => Sampling.Steps;

    /// <summary>The particles it was drawn from; null where there was one.</summary>
    public ParticleOptions? Particles { get; init; }

    /// <summary>
    /// Effective sample size of the particles, 1…K, after every step but the last: near 1, one particle had all the weight. Null
    /// where there was one particle.
    /// </summary>
    public IReadOnlyList<double>? EffectiveSizes { get; init; }

    /// <summary>How the predictions were combined.</summary>
    public Combiner Combiner { get; init; } = new Product();

    /// <summary>How experts of other spaces acted; null where there were none.</summary>
    public BridgeOptions? Bridge { get; init; }

    /// <summary>The picture that sampling started from; null for noise alone.</summary>
    public RecipeStart? From { get; init; }

    /// <summary>What ε_u read in place of the empty prompt; null for nothing.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>What the picture was to look cut out of; null for nothing larger.</summary>
    public PictureFrame? Frame { get; init; }

    /// <summary>The weights that version 0.2 could fit to experts, where it used some: no longer part of a recipe.</summary>
    [JsonInclude]
    internal IReadOnlyList<JsonElement>? Calibrated { get; init; }

    /// <summary>How far the conditions were apart on the way; null where that is not known, as from one condition of weight 1, which needs no ε_u.</summary>
    public Disagreement? Disagreement { get; init; }

    /// <summary>How well the picture follows each of <see cref="Conditions"/>; null where that was not measured.</summary>
    public IReadOnlyList<FollowedCondition>? Followed { get; init; }

    /// <summary>The arithmetic of the networks.</summary>
    public required string Precision { get; init; }

    /// <summary>Refuses a model that cannot make the picture again because it works in another space.</summary>
    /// <param name="model">The model.</param>
    /// <param name="warn">Told where the picture will differ.</param>
    /// <exception cref="McdmException"><c>RecipeSpace</c>.</exception>
    public void CheckFits(Experts.Model model, Action<string>? warn = null)
    {
        string recorded = ModelHash is null ? $"'{Model}'" : $"'{Model}' ({ModelHash})",
            given = model.Hash is null ? $"'{model.Name}'" : $"'{model.Name}' ({model.Hash})";
        if (Space != model.Space.Autoencoder)
        {
            string Described(string? autoencoder) => autoencoder is null ? "pixels" : $"latents of the autoencoder {autoencoder}";
            throw new McdmException("RecipeSpace", ErrorKind.InvalidArgument,
                $"The recipe was made with model {recorded} in {Described(Space)}, but model {given} works in {Described(model.Space.Autoencoder)}; take "
                    + "the model that the recipe names (docs/packs.md says where earlier packs of the module lie).");
        }
        if (ModelHash is not null && model.Hash is not null && ModelHash != model.Hash)
        {
            warn?.Invoke($"The recipe was made with model {recorded}, but model {given} has other weights: the picture will differ.");
        }
        if (Combiner is Diffusion.Composition.Precision { Table: { } table } && model.Variances is { } variances && variances.Hash != table)
        {
            warn?.Invoke($"The recipe was made with variances {table}, but those of model {given} are {variances.Hash}: the picture will differ.");
        }
        if (Bridge is not null && Bridge != model.Bridge)
        {
            warn?.Invoke($"The recipe was made over a bridge of {Bridge}, and model {given} has "
                + $"{model.Bridge?.ToString() ?? "none"}: the picture will differ.");
        }
        if (Precision != model.Precision)
        {
            warn?.Invoke($"The recipe was made in {Precision}, but model '{model.Name}' computes in {model.Precision}: the picture will differ slightly.");
        }
    }

    /// <summary>What to sample to get the picture again.</summary>
    /// <exception cref="McdmException">A condition's value, or a schedule of weights, is broken.</exception>
    public GenerationRequest ToRequest() => new()
    {
        Conditions = Conditions.Select(condition => condition.ToCondition()).ToList(),
        Width = Width,
        Height = Height,
        Seed = Seed,
        Sampling = Sampling,
        Particles = Particles ?? new ParticleOptions(),
        Combiner = Combiner,
        NegativePrompt = NegativePrompt,
        Frame = Frame,
        From = From?.ToStart(),
        IsAgain = true,
    };

    /// <summary>The recipe as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>How well the picture follows its conditions, as far as it is known.</summary>
    public IReadOnlyList<ConditionFollowing> Following() => ConditionFollowing.Of(this);

    /// <summary>
    /// What makes the picture again, without what was only seen: <see cref="Disagreement"/>, <see cref="EffectiveSizes"/> and <see cref="Followed"/>.
    /// </summary>
    public Recipe Essence() => this with { Disagreement = null, EffectiveSizes = null, Followed = null };

    /// <summary>Reads a recipe.</summary>
    /// <param name="json">What <see cref="ToJson"/> gave, or PowerShell's ConvertTo-Json made of a recipe.</param>
    /// <param name="source">Where it came from, for messages.</param>
    /// <exception cref="McdmException">It is no recipe, or one that this version does not read.</exception>
    public static Recipe FromJson(string json, string source = "the text")
    {
        try
        {
            bool fromShell = ShellJson.Wrote(json, out bool isCut);
            if (isCut)
            {
                throw new McdmException("RecipeCut", ErrorKind.InvalidData,
                    $"The recipe in {source} was cut: ConvertTo-Json leaves out what lies deeper than its -Depth, 2 where nothing is said; write it by "
                        + "ConvertTo-Json -Depth 12, or by the recipe's own ToJson().");
            }
            // The format comes first: what else a newer recipe says may be unknown here.
            if (ModelJson.FormatOf(json) is { } format && !s_formats.Contains(format))
            {
                throw new McdmException("RecipeFormat", ErrorKind.NotSupported,
                    $"The recipe in {source} has format '{format}'; this version reads '{string.Join("' and '", s_formats)}'.");
            }
            var recipe = JsonSerializer.Deserialize<Recipe>(json, s_json) ?? throw new JsonException("it is null");
            if (fromShell) { recipe = recipe.Essence(); }
            if (recipe.Problem() is { } problem) { throw new JsonException(problem); }
            if (recipe.Calibrated is { Count: > 0 })
            {
                throw new McdmException("RecipeCalibrated", ErrorKind.NotSupported,
                    $"The recipe in {source} has calibrated weights (of Optimize-McdmWeight), which this version no longer has, so its picture cannot be "
                        + "made again.");
            }
            return recipe.Format == CurrentFormat ? recipe : EarlierRecipe.Understood(recipe, json) with { Format = CurrentFormat };
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new McdmException("RecipeInvalid", ErrorKind.InvalidData, $"{source} holds no recipe that can be read: {e.Message}", e);
        }
    }

    /// <summary>What is wrong with a recipe that was read; null where nothing is.</summary>
    private string? Problem() =>
        string.IsNullOrEmpty(Model) ? "it names no model"
        : Precision is null ? "it names no precision"
        : Sampling?.Sampler is null ? "it names no sampler"
        : Width < 1 || Height < 1 ? "its size is no size"
        : Frame is { } frame && (frame.Original is { Width: < 1 } or { Height: < 1 } || frame.Left < 0 || frame.Top < 0)
            ? "what it was cut out of is no picture"
        : Combiner is null ? "it names no combiner"
        : Conditions is null ? "it has no list of conditions"
        : Conditions.Any(condition => condition is not { Sha256: not null, Modality: { } modality }
            || (modality.Kind == ConditionKind.Text ? condition.Text is null : condition.Picture is null)) ? "one of its conditions has no value"
        : From is { Picture: null } ? "the picture that it started from is missing"
        : Followed is { } followed && (followed.Count != Conditions.Count || followed.Contains(null!))
            ? "it does not say of each condition how well it is followed"
        : Disagreement is { } disagreement && !disagreement.IsWhole ? "its disagreement has no value for each noise level"
        : null;

    /// <summary>
    /// The JSON of the recipe that a PNG file carries, which may be damaged; null where there is none. What another program wrote under the same
    /// keyword is passed over.
    /// </summary>
    /// <param name="png">The bytes of a file of any kind.</param>
    public static string? TextIn(byte[] png) => PngFile.ReadTexts(png, TextKeyword)
        .FirstOrDefault(text => text.Contains($"\"{FormatPrefix}", StringComparison.Ordinal));

    /// <summary>The recipe that a saved picture carries.</summary>
    /// <exception cref="McdmException">The file carries none.</exception>
    public static Recipe FromPng(string path) => TextIn(PictureFile.ReadBytes(path)) is { } json
        ? FromJson(json, $"'{path}'")
        : throw new McdmException("RecipeMissing", ErrorKind.NotFound, $"'{path}' carries no recipe; only PNG files that Save-McdmImage wrote do.");

    /// <inheritdoc/>
    public override string ToString() => $"{Model}, seed {Seed}: {(Conditions.Count == 0 ? "unconditional" : string.Join("; ", Conditions))}";

    private static readonly JsonSerializerOptions s_json = new(ModelJson.Options) { WriteIndented = false, Converters = { new BytesJson() } };
}

/// <summary>A start picture inside a recipe.</summary>
public sealed record RecipeStart
{
    /// <summary>The picture at the size that was sampled, as PNG bytes.</summary>
    public required byte[] Picture { get; init; }

    /// <summary>Share of the steps that was taken.</summary>
    public double Strength { get; init; } = StartPicture.UsualStrength;

    /// <summary>Where something new was drawn, as PNG bytes; null for everywhere.</summary>
    public byte[]? Mask { get; init; }

    /// <summary>Name of the file it came from, if it came from one.</summary>
    public string? Source { get; init; }

    internal static RecipeStart From(StartPicture start) => new()
    {
        Picture = PngFile.Encode(start.Picture, null),
        Strength = start.Strength,
        Mask = start.Mask is { } mask ? PngFile.Encode(mask, null) : null,
        Source = start.Source is { } source ? Path.GetFileName(source) : null,
    };

    /// <summary>The start picture to sample with again.</summary>
    /// <exception cref="McdmException">A picture is broken.</exception>
    public StartPicture ToStart() =>
        new(PictureFile.Decode(Picture, "the recipe's start picture"), Strength, Mask is null ? null : PictureFile.Decode(Mask, "the recipe's mask"), Source);
}

/// <summary>A condition inside a recipe, with its value.</summary>
public sealed record RecipeCondition
{
    /// <summary>The kind of condition.</summary>
    public required Modality Modality { get; init; }

    /// <summary>Name of the expert that reads it, where the condition named one.</summary>
    public string? Expert { get; init; }

    /// <summary>The sentence or label; for a picture the sentence of its own, or null.</summary>
    public string? Text { get; init; }

    /// <summary>True where the sentence was taken as letters; null where not.</summary>
    public bool? Literal { get; init; }

    /// <summary>How strongly a picture acts inside its expert's network; null for 1.</summary>
    public double? Scale { get; init; }

    /// <summary>Of a picture that its sentence said how to change, its own weight; null where it had none.</summary>
    public double? PictureWeight { get; init; }

    /// <summary>The guidance that its network acted under, where the condition said one; null where not.</summary>
    public double? Guidance { get; init; }

    /// <summary>True where a control picture acted as in guess mode; null where not.</summary>
    public bool? Guess { get; init; }

    /// <summary>The sketch, mask or other picture as the model understood it, as PNG bytes; null for text.</summary>
    public byte[]? Picture { get; init; }

    /// <summary>Its weight w_i.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>By what its weight is multiplied at some noise levels; null for 1.</summary>
    public IReadOnlyList<WeightPoint>? Schedule { get; init; }

    /// <summary>Where it acts, as PNG bytes at the model's size; null for everywhere.</summary>
    public byte[]? Region { get; init; }

    /// <summary>Name of the file it came from, if it came from one.</summary>
    public string? Source { get; init; }

    /// <summary>SHA-256 of the value as the user gave it.</summary>
    public required string Sha256 { get; init; }

    /// <param name="condition">The condition as the user gave it.</param>
    /// <param name="understood">The condition as its expert understood it.</param>
    internal static RecipeCondition From(Condition condition, Condition understood) => new()
    {
        Modality = condition.Modality,
        Expert = condition.Expert,
        Text = understood.Text,
        Literal = condition.IsLiteral ? true : null,
        Picture = understood.Picture is { } picture ? PngFile.Encode(picture, null) : null,
        Scale = condition.Scale == 1 ? null : condition.Scale,
        PictureWeight = condition.PictureWeight,
        Guidance = condition.Guidance,
        Guess = condition.IsGuess ? true : null,
        Weight = condition.Weight,
        Schedule = condition.Schedule?.Points,
        Region = condition.Region is { } region ? PngFile.Encode(region, null) : null,
        Source = condition.Source is { } source ? Path.GetFileName(source) : null,
        Sha256 = condition.ContentHash,
    };

    /// <summary>The condition to sample with again.</summary>
    /// <exception cref="McdmException">The value is missing or broken.</exception>
    public Condition ToCondition() => Unweighted().Hashed(Sha256).For(Expert).Weighted(Weight, Schedule is null ? null : new WeightSchedule(Schedule),
        Region is null ? null : PictureFile.Decode(Region, $"the region of the recipe's {Modality} condition"));

    private Condition Unweighted() => (Literal == true ? Read().Literally() : Read()).Guided(Guidance);

    private Condition Read()
    {
        if (Modality.Kind == ConditionKind.Text) { return Condition.Of(Modality, Text ?? ""); }
        var condition = Condition.Of(Modality, DecodePicture(), source: Source).Scaled(Scale ?? 1).PictureWeighted(PictureWeight);
        if (Guess == true) { condition = condition.Guessing(); }
        return Text is null ? condition : condition.Saying(Text);
    }

    private Picture DecodePicture() => PictureFile.Decode(
        Picture ?? throw new McdmException("RecipeInvalid", ErrorKind.InvalidData, $"The recipe's {Modality} condition has no picture."),
            $"the recipe's {Modality} condition");

    /// <summary>Its value and weight, for people to read.</summary>
    [JsonIgnore]
    public string Value =>
        $"{(Modality.Kind == ConditionKind.Text ? $"'{Text}'" : Source ?? "picture")}"
        + (Weight == 1 ? "" : FormattableString.Invariant($" × {Weight:0.###}")) + (Schedule is null ? "" : " × schedule")
            + (Region is null ? "" : " × region");

    /// <inheritdoc/>
    public override string ToString() => $"{Expert ?? Modality.Name} {Value}";
}
