namespace Mcdm.Diffusion.Samplers;

/// <summary>The samplers that users can name: a new one takes a line here.</summary>
public static class SamplerRegistry
{
    /// <summary>All of them, with their usual settings; the first is the usual one.</summary>
    public static IReadOnlyList<Sampler> All { get; } =
    [
        new DpmSolver(),
        new Ddim(),
        new Ddpm(),
        new Euler(),
        new EulerAncestral(),
        new DpmSolverSde(),
        new Heun(),
        new UniPc(),
        new DpmSolver3(),
        new DpmSolver3Sde(),
        new DpmSolver2S(),
        new Dpm2(),
        new Dpm2Ancestral(),
        new Deis(),
        new Lms(),
        new Pndm(),
        new Lcm(),
        new Tcd(),
    ];
}

internal sealed class SamplerJson() : NamedKindJson<Sampler>(SamplerRegistry.All, "sampler");
