using static TorchSharp.torch;

namespace Mcdm.Families.Adm;

/// <summary>A part of an <see cref="AdmUNet"/>, and which way it changes the resolution.</summary>
internal interface IAdmStage
{
    /// <param name="x">[batch, channels, height, width]; stays the caller's.</param>
    /// <param name="signals">Time, class and sentence.</param>
    Tensor Forward(Tensor x, AdmSignals signals);
}

/// <summary>Which way a block changes the resolution.</summary>
internal enum AdmResampling
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>Half the sides.</summary>
    Down,

    /// <summary>Twice the sides.</summary>
    Up,
}
