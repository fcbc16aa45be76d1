namespace Mcdm.Diffusion.Composition;

/// <summary>The mean of prompts, each guided by its own network on the empty prompt: LoRA Composite (Zhong et al. 2024).</summary>
public sealed record Composite : Mixture
{
    /// <inheritdoc/>
    public override TermKind Terms => TermKind.Guided;

    private protected override bool LeavesUnconditional(IReadOnlyList<TermWeight> weights) => false;
}
