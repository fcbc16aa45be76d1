using Mcdm.Imaging;
using static TorchSharp.torch;

namespace Mcdm.Modalities;

/// <summary>Turns a condition's value into the tensor that an expert's network reads.</summary>
/// <param name="modality">The modality it encodes.</param>
public abstract class ConditionEncoder(Modality modality)
{
    /// <summary>The modality it encodes.</summary>
    public Modality Modality => modality;

    /// <summary>What it needs to know, for a model pack to keep.</summary>
    public virtual EncoderData Data => new();

    /// <summary>What a network reads.</summary>
    public NetworkInput Input => modality.InputOf(Data) ?? throw new InvalidOperationException($"A {modality} encoder lacks data.");

    /// <summary>The tensor of one condition, with batch dimension 1, and the condition as it was understood.</summary>
    /// <param name="condition">A condition of this modality.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut.</param>
    /// <exception cref="McdmException">The condition's value does not fit.</exception>
    public EncodedCondition Encode(Condition condition, Action<string>? note = null)
    {
        if (condition.Modality != Modality)
        {
            throw new McdmException("ModalityMismatch", ErrorKind.InvalidArgument, $"The {Modality} expert takes {Modality} conditions, not {condition}.");
        }
        return EncodeValue(condition, note);
    }

    /// <summary>As <see cref="Encode"/>, for a condition of the right modality.</summary>
    protected abstract EncodedCondition EncodeValue(Condition condition, Action<string>? note);

    /// <summary>What is kept of a dataset's picture between epochs.</summary>
    /// <param name="item">The picture, which has the modality.</param>
    /// <param name="picture">Reads the picture at the network's size.</param>
    /// <param name="expert">Name of the expert that learns it.</param>
    public virtual object? Label(ILabelledPicture item, Func<Picture> picture, string expert) => null;

    /// <summary>The tensor that is learnt from at one step, with batch dimension 1.</summary>
    /// <param name="label">What <see cref="Label"/> gave.</param>
    /// <param name="item">The picture.</param>
    /// <param name="random">Decides what is left out.</param>
    public abstract Tensor EncodeLabel(object? label, ILabelledPicture item, Random random);

    /// <summary>What a network reads of a dataset's picture, as people look at it; nothing where an encoder does not say.</summary>
    /// <param name="label">What <see cref="Label"/> gave.</param>
    /// <param name="item">The picture.</param>
    public virtual LabelView View(object? label, ILabelledPicture item) => default;

    /// <summary>Where a condition came from, for messages.</summary>
    protected static string Describe(Condition condition) => condition.Source is { } source ? $"'{source}'" : condition.ToString();
}
