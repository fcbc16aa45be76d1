using Mcdm.Experts;
using static TorchSharp.torch;

namespace Mcdm.Families.Adm;

/// <summary>What an <see cref="AdmUNet"/> is given beside z_t and t; pictures are −1…1.</summary>
internal sealed record AdmInputs : ExpertInputs<AdmInputs>
{
    /// <summary>Classes, int64 [batch]; a network of classes needs them: it has none that means none.</summary>
    public Tensor? Labels { get; init; }

    /// <summary>An upsampler's small pictures, [batch, 3, h, w].</summary>
    public Tensor? LowResolution { get; init; }

    /// <summary>Maps of the face's parts, [batch, 3, height, width]; null for none, which the network knows as mid grey.</summary>
    public Tensor? Face { get; init; }

    /// <summary>Maps of the hair, [batch, 3, height, width]; null for none.</summary>
    public Tensor? Hair { get; init; }

    /// <summary>Sketches, dark lines on light, [batch, 3, height, width]; null for none.</summary>
    public Tensor? Sketch { get; init; }

    /// <summary>Embeddings of sentences, of length 1, [batch, width]; rows of zeros are rows without one. Null for none at all.</summary>
    public Tensor? Sentence { get; init; }

    /// <summary>
    /// Whether one row's sentence reaches all rows, as in the published program: there the rows that should know of none, the unconditional one among them,
    /// are changed by it.
    /// </summary>
    public bool AsPublished { get; init; }

    /// <summary>
    /// Whether rows without a sentence are changed as <see cref="AsPublished"/> changes them although no row here has one: the sentence is in another
    /// batch.
    /// </summary>
    public bool AlwaysTold { get; init; }

    /// <inheritdoc/>
    protected override AdmInputs Mapped(EachTensor<AdmInputs> map) => this with
    {
        Labels = map(inputs => inputs.Labels),
        LowResolution = map(inputs => inputs.LowResolution),
        Face = map(inputs => inputs.Face),
        Hair = map(inputs => inputs.Hair),
        Sketch = map(inputs => inputs.Sketch),
        Sentence = map(inputs => inputs.Sentence),
    };
}
