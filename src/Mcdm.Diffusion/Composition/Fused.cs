namespace Mcdm.Diffusion.Composition;

/// <summary>
/// As <see cref="Residual"/>, but pictures of a ControlNet that was trained to take several at once (ControlNet-Union) go through it together: a fusion that
/// was trained, beside those that are computed.
/// </summary>
/// <param name="Rescale">φ, as the product's.</param>
public sealed record Fused(double Rescale = 0) : Product(Rescale)
{
    /// <inheritdoc/>
    public override TermKind Terms => TermKind.Fusing;
}
