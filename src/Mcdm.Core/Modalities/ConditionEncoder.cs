using static TorchSharp.torch;

namespace Mcdm.Modalities;

/// <summary>Turns a condition's value into the tensor that an expert's network reads.</summary>
public abstract class ConditionEncoder
{
    /// <summary>The modality it encodes.</summary>
    public abstract Modality Modality { get; }

    /// <summary>The tensor of one condition, with batch dimension 1.</summary>
    /// <param name="condition">A condition of this modality.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut.</param>
    /// <exception cref="McdmException">The condition's value does not fit.</exception>
    public Tensor Encode(Condition condition, Action<string>? note = null)
    {
        if (condition.Modality != Modality)
        {
            throw new McdmException("ModalityMismatch", ErrorKind.InvalidArgument, $"The {Modality} expert takes {Modality} conditions, not {condition}.");
        }
        return EncodeValue(condition, note);
    }

    /// <summary>As <see cref="Encode"/>, for a condition of the right modality.</summary>
    protected abstract Tensor EncodeValue(Condition condition, Action<string>? note);

    /// <summary>The condition as this encoder understood it, at its own size: encoding it again gives the same tensor.</summary>
    public virtual Condition Normalize(Condition condition) => condition;

    /// <summary>Encoded conditions of one modality as a batch; sentences of different lengths are padded with 0.</summary>
    /// <param name="conditions">At least one, each with batch dimension 1.</param>
    public static Tensor Join(IReadOnlyList<Tensor> conditions)
    {
        if (conditions.Count == 1) { return conditions[0].alias(); }
        if (conditions[0].dim() != 2) { return cat(conditions.ToArray()); }
        long longest = conditions.Max(tokens => tokens.shape[1]);
        return cat(conditions.Select(tokens => nn.functional.pad(tokens, [0, longest - tokens.shape[1]])).ToArray());
    }

    /// <summary>Where a condition came from, for messages.</summary>
    protected static string Describe(Condition condition) => condition.Source is { } source ? $"'{source}'" : condition.ToString();
}
