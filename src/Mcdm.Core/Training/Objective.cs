using Mcdm.Datasets;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>
/// What a run trains: a network, its loss at each step, and how the outcome is written. Everything else of a run (order of the
/// steps, optimiser, moving average, checkpoints, log) is the trainer's and the same for all.
/// </summary>
internal abstract class Objective
{
    /// <summary>What is trained, in a word: a modality, unconditional, judge.</summary>
    public abstract string Name { get; }

    /// <summary>What the numbers in the labels mean, in order: a run goes on with the same only.</summary>
    public abstract IEnumerable<string> Labels { get; }

    /// <summary>What a dataset with other <see cref="Labels"/> has, for a message that begins "The run learnt from".</summary>
    public abstract string OtherLabels { get; }

    /// <summary>The pictures that are learnt from: a run goes on with the same only. None where it does not say.</summary>
    public virtual IReadOnlyList<DatasetItem> Items => [];

    /// <summary>Pictures that nothing is learnt from.</summary>
    public virtual IReadOnlyList<DatasetItem> HeldOut => [];

    /// <summary>Names of the files that <see cref="Write"/> leaves; none where it does not say.</summary>
    public virtual IReadOnlyList<string> Outcome => [];

    /// <summary>Reads what is learnt from an item beside its picture.</summary>
    /// <exception cref="McdmException">It cannot be read.</exception>
    public virtual void ReadLabel(DatasetItem item)
    {
    }

    /// <summary>An item as it is learnt from, for people to look at; its picture is read as each step reads it.</summary>
    /// <exception cref="McdmException">It cannot be read.</exception>
    /// <exception cref="NotSupportedException">The objective does not say.</exception>
    public virtual SeenPicture See(DatasetItem item) => throw new NotSupportedException($"What {Name} learns from is not shown.");

    /// <summary>Gets ready what takes time before the first step; native memory goes to the caller's dispose scope.</summary>
    /// <param name="folder">The run's folder, which exists.</param>
    /// <param name="progress">Told how many pictures are done, and how many there are.</param>
    /// <param name="cancellation">Stops it; the run then does no step.</param>
    /// <exception cref="McdmException">A picture cannot be read.</exception>
    public virtual void Prepare(string folder, Action<int, int>? progress, CancellationToken cancellation)
    {
    }

    /// <summary>Ends what goes on beside the steps, after the last.</summary>
    public virtual void Finish()
    {
    }

    /// <summary>
    /// The mean loss over pictures that are learnt from and over held-out ones, both at the same noise, of the network as it is; null where nothing is
    /// held out.
    /// </summary>
    public virtual HeldOutLoss? Evaluate(Device device) => null;

    /// <summary>Makes the network, whose loss <see cref="Loss"/> then computes.</summary>
    /// <param name="from">The expert to start from; layers that it lacks start at zero or at random. Null for none.</param>
    /// <exception cref="McdmException">The expert to start from is of another kind.</exception>
    public abstract nn.Module CreateNetwork(TrainedExpert? from);

    /// <summary>The loss of one step, a scalar with its gradient's graph; it depends on the weights and the step's number alone.</summary>
    /// <param name="step">Steps done before this one.</param>
    /// <param name="device">Where the network computes.</param>
    /// <exception cref="McdmException">A picture or label cannot be read.</exception>
    public abstract Tensor Loss(int step, Device device);

    /// <summary>Writes what can be imported: the network's shape and the given weights.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="weights">Values by the network's names: the moving average.</param>
    /// <param name="summary">How far the training is.</param>
    public abstract void Write(string folder, IEnumerable<(string Name, Tensor Tensor)> weights, TrainingSummary summary);
}

/// <summary>
/// Losses at the same noise over pictures that are learnt from and over others; where they part, the network begins to know its pictures by heart.
/// </summary>
internal sealed record HeldOutLoss(double Learnt, double HeldOut);
