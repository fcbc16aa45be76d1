using Mcdm.Diffusion.Process;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>
/// What a U-Net predicts whose file does not say. At the last time step ε is about the input itself, while v is about minus the
/// picture: a constant input of 0.5, with a constant context, gives a mean difference far below zero for v alone.
/// </summary>
internal static class PredictionProbe
{
    private const double Constant = 0.5, Border = -1;
    private const int Side = 8;
    private const long LastStep = 999;

    /// <summary>Asks the network.</summary>
    public static PredictionKind Ask(UNet2DConditionModel network)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var options = network.Options;
        var sample = full([1, options.InChannels, Side, Side], Constant, device: network.Device);
        var context = full([1, 1, options.ContextChannels], Constant, device: network.Device);
        var answer = network.Forward(sample, tensor(new[] { LastStep }, device: network.Device), context);
        return (answer - Constant).mean().ToDouble() < Border ? PredictionKind.Velocity : PredictionKind.Noise;
    }
}
