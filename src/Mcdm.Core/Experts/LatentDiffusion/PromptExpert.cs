using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Experts.LatentDiffusion;

/// <summary>
/// The expert of prompts of a latent diffusion model, or its ε_u, which is the same network on the empty prompt (or on a negative one).
/// </summary>
internal sealed class PromptExpert : Expert, IGuidableExpert, IHostExpert, IUNetExpert, IBatchedExpert
{
    private readonly PromptedUNet _network;

    /// <param name="name">What it is called.</param>
    /// <param name="modality">Text, or null for ε_u.</param>
    /// <param name="space">The latents.</param>
    /// <param name="prediction">What the U-Net predicts.</param>
    /// <param name="network">The U-Net and its text encoder.</param>
    public PromptExpert(string name, Modality? modality, LatentSpace space, PredictionKind prediction, PromptedUNet network) : base(name, space, prediction)
    {
        (Modality, _network) = (modality, network);
        network.Lifetime.Enter();
    }

    /// <summary>The U-Net and its text encoder.</summary>
    public PromptedUNet Network => _network;

    /// <inheritdoc/>
    public object Home => _network.Lifetime;

    /// <inheritdoc/>
    public IHostingExpert With(IReadOnlyList<Expert> guests, LatentSpace space) => new ResidualExpert(this, space, guests.Cast<ControlExpert>().ToList());

    /// <inheritdoc/>
    public override Modality? Modality { get; }

    internal override IEnumerable<(object Network, long Parameters)> Networks => _network.Networks;

    /// <inheritdoc/>
    public override Device Device => _network.Device;

    /// <inheritdoc/>
    public override ScalarType Precision => _network.UNet.Type;

    private protected override EncodedCondition Encode(Condition condition, LatentSpace space, Action<string>? note) =>
        new(_network.Prompts.Encode(condition.Text!, note), condition);

    /// <inheritdoc/>
    public object Evaluator => _network;

    /// <inheritdoc/>
    public UNetCall CallOf(Tensor z, ConditionTensors? condition) => new(z, condition?.First ?? _network.Empty, []);

    private protected override Tensor PredictByNetwork(Tensor z, NoiseLevel level, ConditionTensors? condition) => _network.Predict(CallOf(z, condition), level.T);

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> PredictAll(IReadOnlyList<Question> questions, NoiseLevel level)
    {
        using var use = Use();
        using var scope = NewDisposeScope();
        return _network.PredictAll(questions, level.T).Select((prediction, i) => Converted(prediction, questions[i].Z, level).MoveToOuterDisposeScope()).ToArray();
    }

    internal override long BytesPerPicture(LatentSpace space) => _network.BytesPerPicture(space);

    private protected override void Release() => _network.Lifetime.Leave();
}
