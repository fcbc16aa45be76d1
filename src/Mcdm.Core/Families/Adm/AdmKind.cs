namespace Mcdm.Families.Adm;

/// <summary>What an <see cref="AdmUNet"/> is given beside z_t.</summary>
internal enum AdmKind
{
    /// <summary>Nothing, or a class.</summary>
    Plain,

    /// <summary>A small picture to enlarge, and perhaps a class.</summary>
    Upsampler,

    /// <summary>A map of the face's parts, one of the hair, and a sentence (Nair et al. 2023, Unite and Conquer).</summary>
    UniteFace,

    /// <summary>A sketch (Unite and Conquer).</summary>
    UniteSketch,
}
