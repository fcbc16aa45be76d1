using static TorchSharp.torch;

namespace Mcdm.Families.Adm;

/// <summary>What an <see cref="AdmUNet"/> predicts.</summary>
/// <param name="Prediction">ε, or z_0 where it was trained so, float32 [batch, 3, height, width].</param>
/// <param name="Variance">
/// Where between the smallest and the largest log variance a step's lies, −1…1 and not clipped, of the same shape; null where it is not learned.
/// </param>
internal sealed record AdmPrediction(Tensor Prediction, Tensor? Variance);
