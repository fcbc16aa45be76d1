using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>Weighs the samples of a batch after every step, and has some take the place of others.</summary>
public interface IStepCorrector
{
    /// <summary>Called after every step but the last.</summary>
    /// <param name="factor">By which this step multiplies how much the experts agreed.</param>
    /// <param name="agreement">How much the experts agreed where the step began, float64 [batch]: <see cref="NoisePrediction.Agreement"/>.</param>
    /// <returns>For every place of the batch, the place whose sample it goes on with; null where all stay.</returns>
    long[]? AfterStep(double factor, Tensor agreement);
}
