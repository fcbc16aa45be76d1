namespace Mcdm.Diffusion.Composition;

/// <summary>The ways to combine predictions that users can name: a new one takes a line here.</summary>
public static class CombinerRegistry
{
    /// <summary>All of them, with their usual settings; the first is the usual one.</summary>
    public static IReadOnlyList<Combiner> All { get; } =
    [
        new Product(),
        new Projection(),
        new Precision(),
        new Superposition(),
        new Mixture(),
        new Residual(),
        new Fused(),
        new Composite(),
    ];
}

internal sealed class CombinerJson() : NamedKindJson<Combiner>(CombinerRegistry.All, "combiner");
