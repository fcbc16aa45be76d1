using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>
/// An expert that answers by a call to a U-Net that others share: what is the same for a prompt and for a ControlNet's picture. It holds the shared networks'
/// lifetime from its construction to its release.
/// </summary>
internal abstract class UNetExpert : Expert, IUNetExpert, IBatchedExpert
{
    /// <param name="name">What it is called.</param>
    /// <param name="space">The latents.</param>
    /// <param name="prediction">What the U-Net predicts.</param>
    /// <param name="network">The U-Net and its text encoder.</param>
    protected UNetExpert(string name, LatentSpace space, PredictionKind prediction, PromptedUNet network) : base(name, space, prediction)
    {
        Network = network;
        network.Lifetime.Enter();
    }

    /// <inheritdoc/>
    public PromptedUNet Network { get; }

    /// <summary>What guests and hosts of one U-Net have in common.</summary>
    public object Home => Network.Lifetime;

    /// <inheritdoc/>
    public object Evaluator => Network;

    internal override IEnumerable<(object Network, long Parameters)> Networks => Network.Networks;

    /// <inheritdoc/>
    public override Device Device => Network.Device;

    /// <inheritdoc/>
    public override ScalarType Precision => Network.UNet.Type;

    /// <inheritdoc/>
    public abstract UNetCall CallOf(Tensor z, ConditionTensors? condition);

    private protected override Tensor PredictByNetwork(Tensor z, NoiseLevel level, ConditionTensors? condition) => Network.Predict(CallOf(z, condition), level.T);

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> PredictAll(IReadOnlyList<Question> questions, NoiseLevel level)
    {
        using var use = Use();
        using var scope = NewDisposeScope();
        return Network.PredictAll(questions, level.T).Select((prediction, i) => Converted(prediction, questions[i].Z, level).MoveToOuterDisposeScope()).ToArray();
    }

    internal override long BytesPerPicture(LatentSpace space) => Network.BytesPerPicture(space);

    private protected override void Release() => Network.Lifetime.Leave();
}
