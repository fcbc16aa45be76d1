using static TorchSharp.torch;

namespace Mcdm.Layers.Frozen;

/// <summary>
/// A change of a layer's weight by a product of two thin matrices, W + scale · up · down (LoRA: Hu et al. 2021), added while the layer runs.
/// Does not own its tensors.
/// </summary>
/// <param name="Down">[rank, input], or [rank, input, kernel, kernel] for a convolution.</param>
/// <param name="Up">[output, rank], or [output, rank, 1, 1] for a convolution.</param>
/// <param name="Scale">By what the product is multiplied: strength · alpha / rank.</param>
internal sealed record LowRank(Tensor Down, Tensor Up, double Scale);
