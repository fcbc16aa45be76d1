namespace Mcdm.Diffusion.Composition;

/// <summary>What a combiner combines.</summary>
public enum TermKind
{
    /// <summary>A prediction for each condition, by its expert alone.</summary>
    Alone,

    /// <summary>A prediction for each condition, guided by the same network without the condition.</summary>
    Guided,

    /// <summary>A prediction for each prompt, into whose network all pictures' additions go.</summary>
    Hosting,

    /// <summary>The same, where pictures go together through a network that was trained to take several.</summary>
    Fusing,
}
