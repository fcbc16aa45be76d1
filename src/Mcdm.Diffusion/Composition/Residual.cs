namespace Mcdm.Diffusion.Composition;

/// <summary>
/// The product, after all ControlNets have become part of each prompt's network: the sum of their residuals, as other programs have it. A baseline: nothing is
/// left of them to compose.
/// </summary>
/// <param name="Rescale">φ, as the product's.</param>
public sealed record Residual(double Rescale = 0) : Product(Rescale)
{
    /// <inheritdoc/>
    public override TermKind Terms => TermKind.Hosting;
}
