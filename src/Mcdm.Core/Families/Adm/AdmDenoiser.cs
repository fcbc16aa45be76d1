using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using static TorchSharp.torch;

namespace Mcdm.Families.Adm;

/// <summary>A network of ADM's kind, evaluated layer by layer.</summary>
/// <param name="network">The network.</param>
internal sealed class AdmDenoiser(AdmUNet network) : IDenoiser
{
    /// <summary>The network.</summary>
    public AdmUNet Network => network;

    /// <inheritdoc/>
    public Tensor Predict(Tensor z, NoiseLevel level, ExpertInputs? inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using var scope = NewDisposeScope();
        var ofRows = (AdmInputs)inputs.Select(tensor => tensor.expand([z.shape[0], .. tensor.shape[1..]]));
        return network.Forward(z, full([z.shape[0]], TimeOf(level), dtype: ScalarType.Float32, device: z.device), ofRows).Prediction.MoveToOuterDisposeScope();
    }

    /// <summary>Time as the network is told it, which counts from 0.</summary>
    private double TimeOf(NoiseLevel level) => (level.T - 1) * (network.Options.RescaleTimesteps ? 1000.0 / network.Options.Steps : 1);
}
