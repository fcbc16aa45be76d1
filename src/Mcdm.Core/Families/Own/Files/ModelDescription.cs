using System.Text.Json;
using System.Text.Json.Serialization;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.Own.Networks;
using Mcdm.Modalities;

namespace Mcdm.Families.Own.Files;

/// <summary>What <c>model.json</c> of a model pack says.</summary>
internal sealed record ModelDescription
{
    public const string CurrentFormat = "mcdm-model-2";

    /// <summary>The format of the first version, which had one expert a modality, and pixels alone.</summary>
    public const string FirstFormat = "mcdm-model-1";

    public required string Format { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }
    public string? Credits { get; init; }
    public required LatentSpace Space { get; init; }
    public required IReadOnlyList<ExpertDescription> Experts { get; init; }

    /// <summary><see cref="Model.Combiner"/>; null for the product.</summary>
    public Combiner? Combiner { get; init; }

    /// <summary>File name of <see cref="Model.Variances"/>, beside model.json; null for none.</summary>
    public string? Variances { get; init; }

    /// <summary>Weights that version 0.2 could fit to the experts, and that are passed over; not written.</summary>
    public JsonElement? Calibration { get; init; }
}

/// <summary>One expert of a model pack: its network, its weights file and what its conditions need.</summary>
internal sealed record ExpertDescription
{
    /// <summary>Null for the unconditional expert.</summary>
    public Modality? Modality { get; init; }

    /// <summary>What it is called; null where that follows from its modality.</summary>
    public string? Name { get; init; }

    /// <summary>Its name, whether it was given or follows.</summary>
    [JsonIgnore]
    public string FullName => Name ?? Expert.NameOf(Modality);

    public required PredictionKind Prediction { get; init; }
    public required UNetOptions Network { get; init; }

    /// <summary>File name of the weights, beside model.json.</summary>
    public required string Weights { get; init; }

    /// <summary>SHA-256 of the weights file, hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Classes of the masks; experts of masks alone.</summary>
    public IReadOnlyList<Part>? Parts { get; init; }

    /// <summary>File name of the vocabulary, beside model.json; experts of words alone.</summary>
    public string? Vocabulary { get; init; }

    /// <summary>How the captions that it learnt state attributes; null where that is not known.</summary>
    public IReadOnlyList<Phrase>? Phrases { get; init; }

    /// <summary><see cref="Expert.AloneSchedule"/>; null for none.</summary>
    public IReadOnlyList<WeightPoint>? Alone { get; init; }

    /// <summary>How it was trained, for people to read.</summary>
    public TrainingSummary? Training { get; init; }
}
