using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Modalities;

namespace Mcdm.Core.Tests;

internal static class TrainedExperts
{
    /// <summary>The first expert of a modality, or the unconditional one, as what Mcdm trains.</summary>
    public static TrainedExpert Trained(this Model model, Modality? modality) => (TrainedExpert)model.Experts.First(expert => expert.Modality == modality);
}
