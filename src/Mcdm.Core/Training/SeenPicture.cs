using Mcdm.Imaging;
using Mcdm.Modalities;

namespace Mcdm.Training;

/// <summary>A picture of a dataset as the network that is to be trained sees it.</summary>
/// <param name="Name">The picture's name.</param>
/// <param name="Picture">It, cut and resized; null where it cannot be read.</param>
/// <param name="Labels">What is read beside it, each with the name of the expert that reads it.</param>
public sealed record SeenPicture(string Name, Picture? Picture, IReadOnlyList<(string Name, LabelView View)> Labels);
