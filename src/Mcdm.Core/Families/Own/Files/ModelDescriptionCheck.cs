using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.Own.Networks;
using Mcdm.Modalities;

namespace Mcdm.Families.Own.Files;

/// <summary>
/// What <c>model.json</c> says must make sense before a network is built from it: numbers that fit no network would fail deep
/// inside libtorch, and ones that fit a network of another kind would go unnoticed.
/// </summary>
internal static class ModelDescriptionCheck
{
    private const int MaxSide = 4096, MaxSteps = 100_000, MaxChannels = 16_384, MaxLevels = 8, MaxLayers = 64, MaxFactor = 64, MaxVocabulary = 1 << 20;

    /// <summary>What is wrong with a description; null where nothing is.</summary>
    public static string? Problem(ModelDescription model)
    {
        if (string.IsNullOrWhiteSpace(model.Name)) { return "it has no name"; }
        if (model.Space is not { } space || !In(space.Channels, MaxChannels) || !In(space.Width, MaxSide) || !In(space.Height, MaxSide)
            || !In(space.Process.Steps, MaxSteps) || !In(space.Factor, MaxFactor) || (space.Factor > 1 && !space.IsLatent))
        {
            return $"its space is {model.Space?.ToString() ?? "missing"}";
        }
        if (Problem(space.Process) is { } unusable) { return unusable; }
        if (model.Experts is not { Count: > 0 } experts) { return "it has no experts"; }
        foreach (var expert in experts)
        {
            if (expert is null) { return "an expert is null"; }
            if ((expert.Network is null ? "it has no network" : Problem(expert, space)) is { } problem)
            {
                return $"in the {expert.FullName} expert, {problem}";
            }
        }
        return null;
    }

    private static string? Problem(DiffusionProcess process) => Problem("its noise schedule is invalid", () => process.Level(0));

    private static string? Problem(string what, Action attempt)
    {
        try
        {
            attempt();
            return null;
        }
        catch (McdmException e)
        {
            return $"{what}: {e.Message}";
        }
    }

    private static string? Problem(ExpertDescription expert, LatentSpace space)
    {
        if (!Enum.IsDefined(expert.Prediction)) { return $"the prediction '{expert.Prediction}' is unknown"; }
        if (expert.Prediction == PredictionKind.Noise && space.Process.IsZeroTerminal)
        {
            return "the network predicts noise, which says nothing at the end of a schedule without signal there";
        }
        if (Problem(expert.Network, space) is { } problem) { return problem; }
        if (expert.Name is { } name && ExpertName.Problem(name) is { } unusable) { return $"its name '{name}' is not usable: {unusable}"; }
        if (expert.Parts is { } parts && Part.Problem(parts) is { } wrong) { return $"the parts are not usable: {wrong}"; }
        if (expert.Phrases is { } phrases && Phrase.Problem(phrases) is { } unread) { return $"the phrases are not usable: {unread}"; }
        if (expert.Alone is { } alone && Problem("its usual weights are invalid", () => _ = new WeightSchedule(alone)) is { } invalid) { return invalid; }
        if (expert.Modality is null)
        {
            return expert.Network is { Text: null, ConditionChannels: 0 } ? null : "the network reads a condition, but the expert has no modality";
        }
        // The words themselves are in a file that is read with the weights; here their number is what the network says.
        var words = expert.Network.Text is { VocabularySize: > 0 and <= MaxVocabulary } text ? new string[text.VocabularySize] : null;
        return expert.Modality.InputOf(new EncoderData { Parts = expert.Parts, Vocabulary = words }) is not { } input
            ? $"there is nothing that a {expert.Modality} condition could be read with: no parts, or no vocabulary"
            : (input.VocabularySize > 0) != (expert.Network.Text is not null) ? "the network's text encoder and the modality disagree"
            : input.MapChannels != expert.Network.ConditionChannels
                ? $"the network reads {expert.Network.ConditionChannels} condition channels, but the modality has {input.MapChannels}"
            : null;
    }

    private static string? Problem(UNetOptions network, LatentSpace space)
    {
        if (network.ImageChannels != space.Channels)
        {
            return $"the network's pictures have {network.ImageChannels} channels, but the space has {space.Channels}";
        }
        if (network.MapFactor != space.Factor)
        {
            return $"the network's condition maps have {network.MapFactor} pixels along a side of z's elements, but the space has {space.Factor}";
        }
        if (!In(network.PatchSize, 64) || !In(network.HeadChannels, MaxChannels) || network.ConditionChannels is < 0 or > MaxChannels)
        {
            return "the network's patch size, head channels or condition channels are out of range";
        }
        if (network.Channels is not { Count: > 0 and <= MaxLevels } channels || !channels.All(c => In(c, MaxChannels)))
        {
            return "the network's channels are out of range";
        }
        if (network.Blocks is not { } blocks || blocks.Count != channels.Count || !blocks.All(b => In(b, MaxLayers)))
        {
            return "the network's blocks are not one number a level";
        }
        if (network.AttentionLevels is not { } levels || !levels.Concat(network.CrossAttentionLevels ?? []).All(level => level >= 0 && level < channels.Count))
        {
            return "the network's attention levels are not levels it has";
        }
        int factor = network.PatchSize << (channels.Count - 1);
        if (space.Width % factor != 0 || space.Height % factor != 0)
        {
            return $"pictures of {space.Width}×{space.Height} cannot be halved as often as the network's {channels.Count} levels need (multiples of {factor})";
        }
        return network.Text is not { } text ? null
            : !In(text.VocabularySize, MaxVocabulary) || text.MaxTokens is < 3 or > 65_536 || !In(text.Channels, MaxChannels) || !In(text.Layers, MaxLayers)
                || !In(text.Heads, text.Channels) || text.Channels % text.Heads != 0
                ? "the text encoder's numbers are out of range" : null;
    }

    private static bool In(int value, int largest) => value >= 1 && value <= largest;
}
