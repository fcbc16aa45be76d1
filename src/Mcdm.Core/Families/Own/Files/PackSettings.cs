using Mcdm.Diffusion.Composition;
using Mcdm.Experts;
using Mcdm.Modalities;

namespace Mcdm.Families.Own.Files;

/// <summary>What a pack names as its model's usual way, where it is another than the model that is written has; null for that one's.</summary>
/// <param name="Sentence">The usual weights of a lone sentence (<see cref="Expert.AloneSchedule"/>).</param>
/// <param name="Combiner"><see cref="Model.Combiner"/>.</param>
/// <param name="Variances"><see cref="Model.Variances"/>.</param>
public sealed record PackSettings(WeightSchedule? Sentence = null, Combiner? Combiner = null, VarianceTable? Variances = null);
