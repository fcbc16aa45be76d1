using Mcdm.Imaging;

namespace Mcdm.Modalities;

/// <summary>What a network reads of a dataset's picture beside the picture itself, as people look at it.</summary>
/// <param name="Picture">A picture at the network's size; null for words.</param>
/// <param name="Text">Words; null for a picture.</param>
public readonly record struct LabelView(Picture? Picture, string? Text = null);
