using Mcdm.Networks.Diffusers;
using static TorchSharp.torch;

namespace Mcdm.Experts.LatentDiffusion;

/// <summary>
/// A U-Net and the text encoder whose prompts it reads, which experts share: the plain one, and for a LoRA the same weights with its changes.
/// </summary>
/// <param name="unet">The U-Net.</param>
/// <param name="prompts">The text encoder.</param>
/// <param name="device">Where they compute.</param>
/// <param name="lifetime">The weights, which those that are equal but for a LoRA share.</param>
internal sealed class PromptedUNet(UNet2DConditionModel unet, PromptEncoder prompts, Device device, SharedLifetime lifetime)
{
    /// <summary>Tensors as large as the network's first level that one picture keeps alive at once, about: mostly the skips.</summary>
    private const int LiveTensors = 24;

    private readonly Lazy<Tensor> _empty = new(() => lifetime.With(prompts.Encode("").DetachFromDisposeScope()));

    /// <summary>The U-Net.</summary>
    public UNet2DConditionModel UNet => unet;

    /// <summary>The text encoder.</summary>
    public PromptEncoder Prompts => prompts;

    /// <summary>Where they compute.</summary>
    public Device Device => device;

    /// <summary>The networks, known by their weights, with the number of parameters of each.</summary>
    public IEnumerable<(object Network, long Parameters)> Networks => [(lifetime, unet.Parameters + prompts.Parameters)];

    /// <summary>The weights.</summary>
    public SharedLifetime Lifetime => lifetime;

    /// <summary>The embedding of the empty prompt, [1, tokens, width]; stays this object's.</summary>
    public Tensor Empty => _empty.Value;

    /// <summary>What the network predicts.</summary>
    /// <param name="z">Noisy latents, float32 [batch, channels, height, width].</param>
    /// <param name="t">Noise level 1…T, or between two; the network counts from 0.</param>
    /// <param name="context">Embedded prompts, [batch or 1, tokens, width].</param>
    /// <param name="controls">ControlNets, whose residuals add up.</param>
    /// <returns>ε or v, float32, of z's shape.</returns>
    public Tensor Predict(Tensor z, double t, Tensor context, IReadOnlyList<Control> controls)
    {
        using var scope = NewDisposeScope();
        var time = full([z.shape[0]], t - 1, dtype: ScalarType.Float32, device: z.device);
        var words = context.expand(z.shape[0], -1, -1);
        ControlResiduals? sum = null;
        foreach (var control in controls)
        {
            var residuals = control.Network.Forward(z, time, words, control.Picture, 1).Times(control.Scales);
            sum = sum?.Add(residuals) ?? residuals;
        }
        return unet.Forward(z, time, words, sum).MoveToOuterDisposeScope();
    }

    /// <summary>Bytes of what one picture keeps alive while the network runs, roughly.</summary>
    public long BytesPerPicture(LatentSpace space) => (long)space.Height * space.Width * unet.Options.Shape.Channels[0] * sizeof(float) * LiveTensors;
}
