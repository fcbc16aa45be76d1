namespace Mcdm.Weights;

/// <summary>What a tensor is called by the network that takes it, and where it is from.</summary>
/// <param name="Name">What the network calls it.</param>
/// <param name="Source">What the file calls it.</param>
/// <param name="Part">Which of several equal parts of its first dimension it is, from 0.</param>
/// <param name="Parts">How many parts there are.</param>
/// <param name="Matrix">Whether a convolution of one place is taken as the matrix that it is.</param>
/// <param name="Transposed">Whether a matrix is taken with rows and columns exchanged.</param>
internal sealed record RenamedTensor(string Name, string Source, int Part = 0, int Parts = 1, bool Matrix = false, bool Transposed = false);
