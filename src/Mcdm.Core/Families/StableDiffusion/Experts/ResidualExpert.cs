using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>
/// A prompt and several ControlNets as one expert: the ControlNets' residuals are added inside one evaluation of the U-Net, as other programs do
/// (Multi-ControlNet). It reads the prompt's embedding, then each ControlNet's picture and scale.
/// </summary>
/// <param name="expert">The expert of prompts, or ε_u.</param>
/// <param name="space">Its space at the pictures' size.</param>
/// <param name="controls">The ControlNets, in the order of the conditions.</param>
internal sealed class ResidualExpert(PromptExpert expert, LatentSpace space, IReadOnlyList<ControlExpert> controls) : IHostingExpert, IUNetExpert, IBatchedExpert, IEquatable<ResidualExpert>
{
    /// <inheritdoc/>
    public string Name => expert.Name;

    /// <inheritdoc/>
    public Modality? Modality => expert.Modality;

    /// <inheritdoc/>
    public LatentSpace Space => space;

    private PromptExpert Prompt => expert;

    private IReadOnlyList<ControlExpert> Controls => controls;

    /// <inheritdoc/>
    public EncodedCondition Encode(Condition condition, Action<string>? note = null) => expert.Encode(condition, note);

    /// <inheritdoc/>
    public ConditionTensors Joined(Tensor? own, IReadOnlyList<ConditionTensors> guests) =>
        new([own ?? expert.Network.Empty.clone(), .. guests.SelectMany(condition => condition.All.Skip(1).Select(tensor => tensor.alias()))]);

    /// <inheritdoc/>
    public Tensor Predict(Tensor z, NoiseLevel level, ConditionTensors? condition) => PredictAll([new Question(this, z, condition)], level)[0];

    /// <inheritdoc/>
    public PromptedUNet Network => expert.Network;

    /// <inheritdoc/>
    public object Evaluator => expert.Network;

    /// <inheritdoc/>
    public UNetCall CallOf(Tensor z, ConditionTensors? condition) =>
        new(z, condition!.First, controls.Select((control, i) => new Control(control.Control, condition.All[1 + 2 * i], condition.All[2 + 2 * i])).ToList());

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> PredictAll(IReadOnlyList<Question> questions, NoiseLevel level) => expert.PredictAll(questions, level);

    /// <summary>Rows of equal experts share a batch.</summary>
    public bool Equals(ResidualExpert? other) => other is not null && expert == other.Prompt && space == other.Space && controls.SequenceEqual(other.Controls);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ResidualExpert);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(expert, space, controls.Count);
}
