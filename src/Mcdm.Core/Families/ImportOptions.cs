using System.Globalization;
using Mcdm.Diffusion.Process;
using Mcdm.Layers.Frozen;

namespace Mcdm.Families;

/// <summary>What a user says of models that others trained.</summary>
public sealed record ImportOptions
{
    /// <summary>LoRA files, each an expert over the model's U-Net unless <see cref="LoraExperts"/> says otherwise.</summary>
    public IReadOnlyList<string> Loras { get; init; } = [];

    /// <summary>
    /// A number for each LoRA: those of one number are one expert, their changes added up, as other programs have it. Each is its own where there is none.
    /// </summary>
    public IReadOnlyList<int> LoraExperts { get; init; } = [];

    /// <summary>By what each LoRA's change is multiplied; one number for all of them, or one each; 1 where none is given.</summary>
    public IReadOnlyList<double> LoraWeights { get; init; } = [];

    /// <summary>Files of embeddings (textual inversion), which prompts name as their files are called.</summary>
    public IReadOnlyList<string> Embeddings { get; init; } = [];

    /// <summary>
    /// The layer of the text encoder that is taken, from the end: 1 is the last, as in AUTOMATIC1111. Null for the model's usual one: the last, and of Stable
    /// Diffusion XL the last but one.
    /// </summary>
    public int? ClipSkip { get; init; }

    /// <summary>How the networks' weights lie in memory.</summary>
    public WeightStorage Storage { get; init; }

    /// <summary>Whether encoders of text and pictures leave memory while pictures are sampled, and are read again when they are needed next.</summary>
    public bool Offload { get; init; }

    /// <summary>Variant of the weights, such as <c>fp16</c>; null for what is there.</summary>
    public string? Variant { get; init; }

    /// <summary>Name of a published model, for ADM weights, which do not show all of their network; null where a file beside them says it.</summary>
    public string? Preset { get; init; }

    /// <summary>What a single file's U-Net predicts; null to find out.</summary>
    public PredictionKind? Prediction { get; init; }

    /// <summary>A tokenizer's folder, or a list of merges, for what holds none.</summary>
    public string? Vocabulary { get; init; }

    /// <summary>Weights of FaRL's text encoder, for the network of Unite and Conquer that reads sentences.</summary>
    public string? TextEncoder { get; init; }

    /// <summary>A decoder that shows pictures in place of the model's own: an autoencoder's file or folder, or the decoder of a tiny one (TAESD).</summary>
    public string? Decoder { get; init; }

    /// <summary>
    /// Whether Unite and Conquer's experts act as in the published program, where the sentence of one changes all, and what adds pictures to Stable
    /// Diffusion acts in the prompt and in ε_u, as in other programs (the combiner Residual).
    /// </summary>
    public bool AsPublished { get; init; }

    /// <summary>Whether models of other spaces than the first one's steer it.</summary>
    public bool Bridge { get; init; }

    /// <summary>The files named here beside the models themselves.</summary>
    public IEnumerable<string> Files => Loras.Concat(Embeddings).Concat(new[] { Vocabulary, TextEncoder, Decoder }.OfType<string>());

    /// <summary>All of it as text: equal for equal options.</summary>
    public string Key => string
        .Join('\n', [.. Loras, .. LoraWeights.Select(weight => weight.ToString("R", CultureInfo.InvariantCulture)),
        $"{string.Join(' ', LoraExperts)} {AsPublished} {Prediction} {Storage} {Bridge} {Offload}",
        .. Embeddings.Select(path => "embedding " + path), FormattableString.Invariant($"{ClipSkip}"),
        Variant ?? "", Preset ?? "", Vocabulary ?? "", TextEncoder ?? "", Decoder ?? ""]);
}
