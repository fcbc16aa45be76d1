using Mcdm.Diffusion.Process;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>
/// An expert guided by itself without the condition: <c>ε_k(z, ∅) + w (ε_k(z, x) − ε_k(z, ∅))</c>, classifier-free guidance inside one expert.
/// </summary>
/// <param name="expert">The expert, at the pictures' size.</param>
/// <param name="guidance">w.</param>
/// <param name="hole">What a network that fills holes is shown; null for none.</param>
/// <param name="frame">What the picture is to look cut out of.</param>
internal sealed class GuidedExpert(IExpert expert, double guidance, Hole? hole, PictureFrame frame) : IExpert, IEquatable<GuidedExpert>
{
    /// <inheritdoc/>
    public string Name => expert.Name;

    /// <inheritdoc/>
    public Modality? Modality => expert.Modality;

    /// <inheritdoc/>
    public LatentSpace Space => expert.Space;

    private IExpert Inner => expert;

    private double Guidance => guidance;

    private Hole? Shown => hole;

    private PictureFrame Frame => frame;

    /// <inheritdoc/>
    public EncodedInputs Encode(Condition condition, Action<string>? note = null) => expert.Encode(condition, note);

    /// <inheritdoc/>
    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
    {
        using var scope = NewDisposeScope();
        var both = ExpertRows.Predict([new(expert, z, Without()), new(expert, z, inputs)], level);
        return (both[0] + guidance * (both[1] - both[0])).MoveToOuterDisposeScope();
    }

    private ExpertInputs? Without()
    {
        var inputs = expert.Unconditioned()?.Framed(frame, expert.Space);
        return hole is null ? inputs : inputs?.Filling(hole);
    }

    /// <summary>Rows of equal experts share a batch.</summary>
    public bool Equals(GuidedExpert? other) => other is not null && expert.Equals(other.Inner) && guidance == other.Guidance && hole == other.Shown
        && frame == other.Frame;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GuidedExpert);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(expert, guidance);

    /// <summary>A term of the combiner Composite: the guided expert with a share of one.</summary>
    /// <exception cref="McdmException">
    /// <c>CombinerComposite</c>: an expert that cannot do without its condition, or a weight that is no number alone.
    /// </exception>
    /// <param name="term">The term.</param>
    /// <param name="hole">What a network that fills holes is shown; null for none.</param>
    /// <param name="frame">What the picture is to look cut out of.</param>
    public static ExpertTerm Of(ExpertTerm term, Hole? hole, PictureFrame frame)
    {
        using var without = term.Expert.Unconditioned();
        return without is null ? throw Refused($"the {term.Expert.Name} expert predicts nothing without its condition")
            : !term.IsConstant ? throw Refused("a weight is one number there, without a schedule or a region")
            : term with { Expert = new GuidedExpert(term.Expert, term.Number, hole, frame), Number = 1 };
    }

    private static McdmException Refused(string why) =>
        new("CombinerComposite", ErrorKind.InvalidArgument,
        $"The combiner Composite takes the mean of prompts, each guided by its own network on the empty prompt; {why}. The combiner Product takes all of "
        + "these.");
}
