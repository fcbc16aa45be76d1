namespace Mcdm.Diffusion.Composition;

/// <summary>A term's weight w_i, as far as it is known before a run.</summary>
/// <param name="Number">The condition's own weight.</param>
/// <param name="IsConstant">Whether it is the same number at every level and pixel.</param>
/// <param name="IsEverNegative">Whether it is negative at some level.</param>
public readonly record struct TermWeight(double Number, bool IsConstant, bool IsEverNegative);
