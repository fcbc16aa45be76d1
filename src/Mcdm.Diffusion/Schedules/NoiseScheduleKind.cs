namespace Mcdm.Diffusion.Schedules;

/// <summary>The published families of noise schedules.</summary>
public enum NoiseScheduleKind
{
    /// <summary>β rises linearly from 1e-4 to 0.02 (Ho et al. 2020), or between other numbers.</summary>
    Linear,

    /// <summary>ᾱ falls as a squared cosine (Nichol and Dhariwal 2021).</summary>
    Cosine,

    /// <summary>√β rises linearly, from √0.00085 to √0.012 (Rombach et al. 2022: Stable Diffusion) or between other numbers.</summary>
    ScaledLinear,

    /// <summary>β rises as a sigmoid over −6…6, from 1e-4 to 0.02 or between other numbers (GeoDiff, Xu et al. 2022).</summary>
    Sigmoid,

    /// <summary>β is given, level by level.</summary>
    Given,
}
