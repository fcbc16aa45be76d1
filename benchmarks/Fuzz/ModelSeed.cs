namespace Mcdm.Benchmarks.Fuzz;

/// <summary>A whole file of a model, to be damaged.</summary>
/// <param name="Format">What it is: <c>safetensors</c>, <c>zip</c>, <c>legacy</c>, <c>gguf</c>, <c>index</c>, <c>config</c>, <c>folder</c> for a part of a pipeline's that is read with all of it, or <c>fp8</c>, <c>embedding</c> and <c>adapter</c> for what is read as that.</param>
/// <param name="Path">Where it is from; what stands beside it there belongs to it.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record ModelSeed(string Format, string Path, byte[] Bytes)
{
    /// <summary>How its bytes are laid out, where its format is what it holds.</summary>
    public string Container { get; init; } = Format;
}
