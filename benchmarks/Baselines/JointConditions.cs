using Mcdm.Imaging.Lines;
using Mcdm.Modalities;
using Mcdm.Modalities.Segment;
using Mcdm.Modalities.Sketch;
using Mcdm.Modalities.Text;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Baselines;

/// <summary>
/// Any subset of the three conditions as one map and one row of tokens. The map's channels are the sketch, whether there is a
/// sketch, and the mask's; no mask is one that is unknown throughout, and no sentence is an empty one.
/// </summary>
/// <param name="parts">The mask's classes.</param>
/// <param name="vocabulary">The pieces that sentences are read in.</param>
/// <param name="maxTokens">Longest sequence in tokens.</param>
/// <param name="size">Side of the square pictures in pixels.</param>
internal sealed class JointConditions(IReadOnlyList<Part> parts, IReadOnlyList<string> vocabulary, int maxTokens, int size)
{
    private readonly SketchEncoder _sketch = new(size, size);
    private readonly TextConditionEncoder _text = new(new SubwordTokenizer(vocabulary), maxTokens);

    /// <summary>How masks are read.</summary>
    public SegmentEncoder Segment { get; } = new(parts, size, size);

    /// <summary>Channels of the map.</summary>
    public int Channels => 2 + Segment.Channels;

    /// <summary>The map and the tokens, each with batch dimension 1.</summary>
    /// <param name="lines">The sketch's lines, row by row; null for no sketch.</param>
    /// <param name="classes">The mask's classes, row by row; null for no mask.</param>
    /// <param name="sentence">The sentence; null for none.</param>
    public (Tensor Map, Tensor Tokens) Encode(bool[]? lines, byte[]? classes, Condition? sentence)
    {
        var mask = Segment.OneHot(classes ?? Enumerable.Repeat(SegmentEncoder.Unknown, size * size).ToArray());
        var known = full([1, 1, size, size], lines is null ? 0f : 1f);
        var map = cat([_sketch.Encode(lines ?? new bool[size * size]), known, mask], 1);
        return (map, sentence is null ? NoTokens() : _text.Encode(sentence).Tensor);
    }

    /// <summary>The map and the tokens of what a user gave, each with batch dimension 1.</summary>
    /// <param name="conditions">At most one of each modality.</param>
    public (Tensor Map, Tensor Tokens) Encode(IReadOnlyList<Condition> conditions)
    {
        Condition? Of(Modality modality) => conditions.SingleOrDefault(condition => condition.Modality == modality);
        var sketch = Of(Modality.Sketch)?.Picture;
        return Encode(
            sketch is null ? null : SketchLines.Read(sketch, size, size),
            Of(Modality.Segment) is { } mask ? Segment.Classes(mask) : null,
            Of(Modality.Text));
    }

    private Tensor NoTokens() => tensor(_text.Tokenizer.Encode("", maxTokens).Tokens.Select(token => (long)token).ToArray()).unsqueeze(0);
}
