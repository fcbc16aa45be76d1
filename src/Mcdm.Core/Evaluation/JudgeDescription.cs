using Mcdm.Experts;
using Mcdm.Modalities;

namespace Mcdm.Evaluation;

/// <summary>What <c>judge.json</c> of a judge's folder says.</summary>
internal sealed record JudgeDescription
{
    public const string CurrentFormat = "mcdm-judge-1";
    private const int MaxSide = 4096, MaxChannels = 16_384, MaxLevels = 8, MaxBlocks = 64;

    public required string Format { get; init; }
    public string Name { get; init; } = "";

    /// <summary>Side of the square pictures in pixels.</summary>
    public required int ImageSize { get; init; }

    public required JudgeNetworkOptions Network { get; init; }
    public required IReadOnlyList<AttributeDefinition> Attributes { get; init; }
    public required IReadOnlyList<Part> Parts { get; init; }
    public required IReadOnlyList<Phrase> Phrases { get; init; }

    /// <summary>File name of the weights, beside judge.json.</summary>
    public string Weights { get; init; } = "";

    /// <summary>SHA-256 of the weights file, hexadecimal.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>How it was trained, for people to read.</summary>
    public TrainingSummary? Training { get; init; }

    /// <summary>What is wrong with a description that was read; null where nothing is.</summary>
    public string? Problem()
    {
        if (string.IsNullOrWhiteSpace(Name)) { return "it has no name"; }
        if (Attributes is null || Parts is null || Phrases is null || Network is null) { return "it lacks attributes, parts, phrases or a network"; }
        if (Attributes.Count == 0 && Parts.Count == 0) { return "it judges nothing: there are neither attributes nor parts"; }
        if (AttributeDefinition.Problem(Attributes) is { } attributes) { return attributes; }
        if (Parts.Count > 0 && Part.Problem(Parts) is { } parts) { return parts; }
        if (Phrase.Problem(Phrases) is { } phrases) { return phrases; }
        if (Phrases.FirstOrDefault(phrase => phrase.Within(Attributes)?.Values.Count != phrase.Values.Count) is { } unknown)
        {
            return $"the phrase '{unknown.Words}' states what is no value of an attribute";
        }
        if (!In(Network.ImageChannels, MaxChannels) || !In(Network.PatchSize, 64)) { return "the network's picture channels or patch size are out of range"; }
        if (Network.Channels is not { Count: > 0 and <= MaxLevels } channels || !channels.All(c => In(c, MaxChannels)))
        {
            return "the network's channels are out of range";
        }
        if (Network.Blocks is not { } blocks || blocks.Count != channels.Count || !blocks.All(b => In(b, MaxBlocks)))
        {
            return "the network's blocks are not one number a level";
        }
        int factor = Network.PatchSize << (channels.Count - 1);
        if (!In(ImageSize, MaxSide) || ImageSize % factor != 0)
        {
            return $"pictures of {ImageSize} pixels cannot be halved as often as the network's {channels.Count} levels need (multiples of {factor})";
        }
        return Network.Parts != Parts.Count || Network.AttributeClasses is null
            || !Network.AttributeClasses.SequenceEqual(Attributes.Select(Evaluation.Judge.ClassesOf))
            ? "the network's heads are not those of the attributes and parts" : null;
    }

    private static bool In(int value, int largest) => value >= 1 && value <= largest;
}
