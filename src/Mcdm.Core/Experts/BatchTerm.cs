using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>One term of a batch: an expert, the pictures it acts on, what it reads for each, and its weights.</summary>
internal sealed class BatchTerm : IDisposable
{
    private readonly IReadOnlyList<ExpertTerm> _terms;
    private readonly ExpertInputs? _inputs;
    private readonly Tensor? _regions;

    /// <param name="terms">The expert's term in each picture that it acts on, at least one.</param>
    /// <param name="rows">Their places in the batch; null where it acts on the whole batch.</param>
    public BatchTerm(IReadOnlyList<ExpertTerm> terms, long[]? rows)
    {
        _terms = terms;
        Rows = rows;
        _inputs = terms[0].Inputs is null ? null : ExpertInputs.Join(terms.Select(term => term.Inputs!).ToList()).DetachFromDisposeScope();
        _regions = terms.All(term => term.Region is null) ? null : Regions().DetachFromDisposeScope();
    }

    public IExpert Expert => _terms[0].Expert;

    /// <summary>What it reads, a row for each of its pictures or one for all; null for nothing.</summary>
    public ExpertInputs? Inputs => _inputs;

    /// <summary>The expert's modality; null for ε_u.</summary>
    public Modality? Modality => Expert.Modality;

    /// <summary>Places in the batch; null for all of it.</summary>
    public long[]? Rows { get; }

    /// <summary>
    /// What the expert is to predict: ε_j on the rows it counts for. A row that is a copy of the one before it, with the same condition, is not evaluated
    /// again: resampled particles lie side by side, and a sampler that adds no noise never parts them.
    /// </summary>
    /// <param name="z">Noisy pictures z_t of the batch.</param>
    /// <param name="runs">Of each picture of the batch, the number of the run of equal pictures that it lies in.</param>
    /// <returns>The rows that it is asked for, and how their prediction becomes one of all its rows.</returns>
    public (ExpertRows Asked, Func<Tensor, Tensor> OfAllRows) Ask(Tensor z, IReadOnlyList<int> runs)
    {
        var rows = Take(z);
        bool[] copies = Enumerable.Range(0, (int)rows.shape[0]).Select(row => row > 0 && IsCopy(row, runs)).ToArray();
        if (!copies.Contains(true)) { return (new ExpertRows(Expert, rows, _inputs), prediction => prediction); }
        var originals = tensor(Enumerable.Range(0, copies.Length).Where(row => !copies[row]).Select(row => (long)row).ToArray(), device: z.device);
        var asked = new ExpertRows(Expert, rows.index_select(0, originals), _inputs?.At(originals));
        long original = -1;
        var places = tensor(copies.Select(copy => copy ? original : ++original).ToArray(), device: z.device);
        return (asked, prediction => prediction.index_select(0, places));
    }

    /// <summary>Whether it weighs nothing at a noise level, in any of its pictures.</summary>
    public bool IsZeroAt(double t) => _terms.All(term => term.At(t) == 0);

    private bool IsCopy(int row, IReadOnlyList<int> runs) =>
        runs[Place(row)] == runs[Place(row - 1)] && (_terms.Count == 1 || ReferenceEquals(_terms[row].Inputs, _terms[row - 1].Inputs));

    private int Place(int row) => Rows is null ? row : (int)Rows[row];

    /// <summary>
    /// w_i at a noise level, float32 [batch, 1, 1, 1], or [batch, 1, height, width] where a region says where it acts; 0 for pictures that it does not
    /// act on.
    /// </summary>
    public Tensor Weights(Tensor z, double t)
    {
        var numbers = tensor(_terms.Select(term => (float)term.At(t)).ToArray(), [_terms.Count, 1, 1, 1], device: z.device);
        var weights = _regions is null ? numbers : numbers * _regions;
        return Rows is null ? weights.expand(z.shape[0], -1, -1, -1)
            : zeros([z.shape[0], .. weights.shape[1..]], device: z.device).index_copy_(0, Places(z.device), weights);
    }

    /// <summary>Values of the expert's rows at their places in the batch, 0 elsewhere.</summary>
    public Tensor Spread(Tensor z, Tensor values) => Rows is null ? values : zeros_like(z).index_copy_(0, Places(z.device), values);

    /// <summary>Whether it acts on each picture of a batch.</summary>
    public bool[] ActsOn(int pictures) => Enumerable.Range(0, pictures).Select(picture => Rows?.Contains(picture) ?? true).ToArray();

    /// <summary>The rows of a batch that the expert acts on.</summary>
    private Tensor Take(Tensor batch) => Rows is null ? batch : batch.index_select(0, Places(batch.device));

    private Tensor Places(Device device) => tensor(Rows!, device: device);

    private Tensor Regions()
    {
        var shown = _terms.First(term => term.Region is not null).Region!;
        using var everywhere = ones_like(shown);
        return cat(_terms.Select(term => term.Region ?? everywhere).ToArray());
    }

    public void Dispose()
    {
        _inputs?.Dispose();
        _regions?.Dispose();
    }
}
