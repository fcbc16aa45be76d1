using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>
/// What an expert's network reads beside z_t and the level, by names: a record for each kind of network, which derives from
/// <see cref="ExpertInputs{TSelf}"/>. Its tensors have batch dimension 1, or that of the rows they are for. It owns them.
/// </summary>
public abstract record ExpertInputs : IDisposable
{
    /// <summary>All that is there.</summary>
    public IReadOnlyList<Tensor> Tensors
    {
        get
        {
            var all = new List<Tensor>();
            _ = Select(tensor =>
            {
                all.Add(tensor);
                return tensor;
            });
            return all;
        }
    }

    /// <summary>1, or one for each picture.</summary>
    public long Rows => Tensors.Select(tensor => tensor.shape[0]).DefaultIfEmpty(1).Max();

    /// <summary>What inputs of one expert must have alike to be rows of one batch, beside their kind.</summary>
    public virtual string Form => "";

    /// <summary>What inputs of several experts of one network must have alike to be rows of one batch: the length of sequences that are never padded.</summary>
    public virtual long SequenceLength => 0;

    /// <summary>Each tensor changed alike.</summary>
    public ExpertInputs Select(Func<Tensor, Tensor> change) => Made([this], (tensors, _) => change(tensors[0]));

    /// <summary>Some rows of a batch; these inputs themselves where they serve all rows alike.</summary>
    /// <param name="places">The rows' places, int64.</param>
    public ExpertInputs At(Tensor places) => Rows == 1 ? this : Select(tensor => tensor.index_select(0, places));

    /// <summary>The inputs of one expert for several pictures as a batch; token sequences of different length are padded with 0.</summary>
    /// <param name="pictures">At least one, of one <see cref="Form"/>.</param>
    public static ExpertInputs Join(IReadOnlyList<ExpertInputs> pictures) => pictures[0].Made(pictures, Joined);

    /// <summary>The inputs of several experts of one network as a batch.</summary>
    /// <param name="parts">At least one; null where nothing is read, in all of them then.</param>
    /// <param name="rows">The rows of each part in the batch.</param>
    public static ExpertInputs? Stack(IReadOnlyList<ExpertInputs?> parts, IReadOnlyList<long> rows) =>
        parts[0]?.Stacked(parts.OfType<ExpertInputs>().ToList(), rows);

    /// <summary>
    /// These inputs and, inside the same evaluation, what another's picture adds to the network; null where it does not fit the network, or the network takes
    /// none.
    /// </summary>
    /// <param name="picture">The picture's own inputs.</param>
    /// <param name="schedule">By what is multiplied what it adds, over the noise levels; null for 1.</param>
    /// <param name="mask">Where it acts inside the network, 0…1, float32 [1, 1, height, width] of any size; null for everywhere.</param>
    public virtual ExpertInputs? Adding(ExpertInputs picture, WeightSchedule? schedule, Tensor? mask) => null;

    /// <summary>These inputs, whose pictures go together through networks that were trained to take several; themselves where none was.</summary>
    internal virtual ExpertInputs Fused() => this;

    /// <summary>These inputs with a hole that the network is to fill; themselves for one that fills none.</summary>
    internal virtual ExpertInputs Filling(Hole hole) => this;

    /// <summary>Whether a picture is read with no sentence, in whose place ε_u's stands.</summary>
    internal virtual bool SaysNothing => false;

    /// <summary>Where <see cref="SaysNothing"/>, these inputs with what ε_u is told.</summary>
    /// <param name="unconditional">ε_u's.</param>
    internal virtual ExpertInputs Against(ExpertInputs? unconditional) => this;

    /// <summary>What the network could be shown and is not, in a clause; null for nothing.</summary>
    internal virtual string? NotShown => null;
    /// <summary>These inputs for a picture that is to look cut out of another; themselves for a network that knows nothing of it.</summary>
    /// <param name="frame">What it is cut out of.</param>
    /// <param name="space">The space at the picture's size.</param>
    internal virtual ExpertInputs Framed(PictureFrame frame, LatentSpace space) => this;

    /// <summary>Keeps the tensors beyond the dispose scope that is open.</summary>
    public ExpertInputs MoveToOuterDisposeScope() => Select(tensor => tensor.MoveToOuterDisposeScope());

    /// <summary>Keeps the tensors until they are disposed of.</summary>
    public ExpertInputs DetachFromDisposeScope() => Select(tensor => tensor.DetachFromDisposeScope());

    /// <summary>Disposes of the tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors) { tensor.Dispose(); }
        GC.SuppressFinalize(this);
    }

    /// <summary>As <see cref="Stack"/>, of inputs of this kind, this being the first.</summary>
    private protected virtual ExpertInputs Stacked(IReadOnlyList<ExpertInputs> parts, IReadOnlyList<long> rows) =>
        Made(parts, (tensors, isSequence) =>
            Joined(tensors.Zip(rows, (tensor, count) => tensor.expand([count, .. tensor.shape[1..]])).ToList(), isSequence));

    /// <summary>Inputs each of whose tensors is made of those that stand in its place in others.</summary>
    /// <param name="others">Inputs of this kind and form.</param>
    /// <param name="make">Makes one tensor of one of each; told whether they are token sequences.</param>
    private protected abstract ExpertInputs Made(IReadOnlyList<ExpertInputs> others, Func<IReadOnlyList<Tensor>, bool, Tensor> make);

    private static Tensor Joined(IReadOnlyList<Tensor> tensors, bool isSequence) =>
        isSequence ? NetworkInput.JoinTokens(tensors) : NetworkInput.JoinRows(tensors);
}

/// <summary>Makes the tensor that stands in a place of some inputs.</summary>
/// <param name="of">Where it stands in inputs of the kind.</param>
/// <param name="isSequence">Whether it is a sequence of tokens, [batch, tokens, …], which the network masks where it is padded with 0.</param>
/// <returns>Null where <paramref name="of"/> is.</returns>
public delegate Tensor? EachTensor<T>(Func<T, Tensor?> of, bool isSequence = false);

/// <summary>Inputs that say once which tensors they have: from that follow joining, choosing rows, moving and disposing.</summary>
public abstract record ExpertInputs<TSelf> : ExpertInputs where TSelf : ExpertInputs<TSelf>
{
    /// <summary>These inputs with each of their tensors made anew.</summary>
    protected abstract TSelf Mapped(EachTensor<TSelf> map);

    private protected sealed override ExpertInputs Made(IReadOnlyList<ExpertInputs> others, Func<IReadOnlyList<Tensor>, bool, Tensor> make) =>
        Mapped((of, isSequence) =>
        {
            var tensors = others.Select(inputs => of((TSelf)inputs)).OfType<Tensor>().ToList();
            return tensors.Count == 0 ? null : tensors.Count == others.Count ? make(tensors, isSequence)
                : throw new InvalidOperationException($"Of {others.Count} inputs of one form, {tensors.Count} have a tensor that the others lack.");
        });
}
