using Mcdm.Experts;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Packed;

/// <summary>What a <see cref="PackedUNet"/> makes of a condition alone, once for all steps.</summary>
internal sealed record PackedInputs : ExpertInputs<PackedInputs>
{
    /// <summary>What a map adds to the stem's output, [batch, channels, height, width].</summary>
    public Tensor? Map { get; init; }

    /// <summary>What a sentence adds to the time embedding, [batch, time].</summary>
    public Tensor? Summary { get; init; }

    /// <summary>0 for a sentence's tokens and −∞ for padding, [batch, 1, 1, tokens].</summary>
    public Tensor? Padding { get; init; }

    /// <summary>For each layer that attends to a sentence keys, [batch, heads, d, tokens], and values, [batch, heads, tokens, d].</summary>
    public IReadOnlyList<Tensor> KeysAndValues { get; init; } = [];

    /// <summary>All of it, as the script has it.</summary>
    public Tensor[] InOrder => Map is not null ? [Map] : [Summary!, Padding!, .. KeysAndValues];

    /// <inheritdoc/>
    protected override PackedInputs Mapped(EachTensor<PackedInputs> map) => new()
    {
        Map = map(inputs => inputs.Map),
        Summary = map(inputs => inputs.Summary),
        Padding = map(inputs => inputs.Padding),
        KeysAndValues = KeysAndValues.Select((_, i) => map(inputs => inputs.KeysAndValues[i])!).ToList(),
    };
}
