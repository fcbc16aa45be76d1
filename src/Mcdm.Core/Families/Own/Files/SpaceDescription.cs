using Mcdm.Experts;
using Mcdm.Families.Own.Networks;

namespace Mcdm.Families.Own.Files;

/// <summary>What <c>space.json</c> says of an autoencoder: its shape, and what its latents are like.</summary>
internal sealed record SpaceDescription
{
    public const string CurrentFormat = "mcdm-space-1";

    public required string Format { get; init; }
    public string Name { get; init; } = "";

    public required AutoencoderOptions Network { get; init; }

    /// <summary>Side in pixels of the pictures that it was trained with.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Mean of each channel of the raw latents, over the data.</summary>
    public required IReadOnlyList<double> Mean { get; init; }

    /// <summary>Standard deviation of each channel of the raw latents, over the data.</summary>
    public required IReadOnlyList<double> Deviation { get; init; }

    /// <summary>File name of the weights, beside space.json.</summary>
    public string Weights { get; init; } = "";

    /// <summary>SHA-256 of the weights file, hexadecimal.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>How it was trained, for people to read.</summary>
    public TrainingSummary? Training { get; init; }

    /// <summary>What is wrong with a description that was read; null where nothing is.</summary>
    public string? Problem()
    {
        if (string.IsNullOrWhiteSpace(Name)) { return "it has no name"; }
        if (Network is null) { return "it has no network"; }
        if (Network.Problem() is { } problem) { return problem; }
        if (ImageSize < 1 || ImageSize % Network.Factor != 0) { return $"its pictures of {ImageSize} pixels cannot be divided by its factor {Network.Factor}"; }
        return Mean?.Count != Network.LatentChannels || Deviation?.Count != Network.LatentChannels || !Mean.All(double.IsFinite)
            || !Deviation.All(value => value > 0 && double.IsFinite(value))
            ? $"its statistics are not a mean and a deviation for each of {Network.LatentChannels} channels" : null;
    }
}
