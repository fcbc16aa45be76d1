namespace Mcdm.Diffusion.Samplers;

/// <summary>The samplers users can name.</summary>
public enum SamplerKind
{
    /// <summary>DPM-Solver++(2M): second order, the fewest steps (Lu et al. 2022).</summary>
    DpmSolver,

    /// <summary>DDIM with η (Song et al. 2020): first order, deterministic for η = 0.</summary>
    Ddim,

    /// <summary>Ancestral sampling (Ho et al. 2020; MCDM, equation 13).</summary>
    Ddpm,

    /// <summary>Euler's method on the probability flow in variance-exploding coordinates (Karras et al. 2022): first order, deterministic.</summary>
    Euler,

    /// <summary>Euler's method to a level below, and fresh noise up to the level that is meant (Crowson 2022).</summary>
    EulerAncestral,
}
