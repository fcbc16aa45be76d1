using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Modalities;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>
/// A ControlNet over a U-Net that others share: an expert on its picture alone, with the empty prompt as the composition rule wants it, or on picture and
/// prompt together where the condition has a sentence of its own.
/// </summary>
internal sealed class ControlExpert : UNetExpert, IGuestExpert
{
    /// <param name="name">What it is called.</param>
    /// <param name="space">The latents.</param>
    /// <param name="prediction">What the U-Net predicts.</param>
    /// <param name="network">The U-Net and its text encoder.</param>
    /// <param name="control">The ControlNet.</param>
    public ControlExpert(string name, LatentSpace space, PredictionKind prediction, PromptedUNet network, ControlNetModel control)
        : base(name, space, prediction, network) => Control = control;

    /// <summary>The ControlNet.</summary>
    public ControlNetModel Control { get; }

    /// <inheritdoc/>
    public override Modality? Modality => Modality.Picture;

    internal override IEnumerable<(object Network, long Parameters)> Networks => [.. base.Networks, (Control, Control.Parameters)];

    /// <summary>The prompt's embedding, the picture in 0…1 [1, 3, height, width], and the residuals' scale [1].</summary>
    private protected override EncodedCondition Encode(Condition condition, LatentSpace space, Action<string>? note)
    {
        var picture = PictureResize.ToSize(PictureResize.Flatten(condition.Picture!), space.PictureWidth, space.PictureHeight, ResizeKind.Smooth, note);
        var context = condition.Text is { } prompt ? Network.Prompts.Encode(prompt, note) : Network.Empty.clone();
        return new(new ConditionTensors([context, Lit(picture).to(Device), tensor(new[] { (float)condition.Scale }, device: Device)]), condition.With(picture));
    }

    /// <inheritdoc/>
    public override UNetCall CallOf(Tensor z, ConditionTensors? condition) => new(z, condition!.All[0], [new Control(Control, condition.All[1], condition.All[2])]);

    /// <summary>A picture in 0…1, float32 [1, 3, height, width].</summary>
    private static Tensor Lit(Picture picture)
    {
        using var scope = NewDisposeScope();
        return ((PictureTensor.ToTensor(picture) + 1) / 2).unsqueeze(0).MoveToOuterDisposeScope();
    }
}
