namespace Mcdm.Benchmarks.Fuzz;

/// <summary>A whole file of a model, to be damaged.</summary>
/// <param name="Format">What it is: <c>safetensors</c>, <c>zip</c>, <c>legacy</c>, <c>index</c>, <c>config</c>, or <c>folder</c> for a part of a pipeline's that is read with all of it.</param>
/// <param name="Path">Where it is from; what stands beside it there belongs to it.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record ModelSeed(string Format, string Path, byte[] Bytes);
