using Mcdm.Modalities;
using Mcdm.Sampling;

namespace Mcdm.Evaluation;

/// <summary>Measures pictures batch by batch: a judge looks at many in little more time than at one.</summary>
/// <param name="write">Given each measurement, in order.</param>
/// <param name="cancellation">Stops before the next batch.</param>
public sealed class PendingMeasurements(Action<ImageMeasurement> write, CancellationToken cancellation)
{
    private const int BatchSize = 32;
    private readonly List<Expectation> _waiting = [];
    private Judge? _judge;

    /// <summary>What the pictures' set is compared with; null for nothing.</summary>
    public ReferenceSet? Reference { get; set; }

    /// <summary>Adds a picture, and measures those that fill a batch.</summary>
    /// <param name="judge">Who looks at it.</param>
    /// <param name="image">The picture.</param>
    /// <param name="conditions">What it should follow.</param>
    /// <exception cref="McdmException">The judge is of another domain than the picture or its conditions.</exception>
    public void Add(Judge judge, McdmImage image, IReadOnlyList<Condition> conditions)
    {
        if (judge != _judge) { Flush(); }
        _judge = judge;
        _waiting.Add(new Expectation(judge, image, conditions));
        if (_waiting.Count == BatchSize) { Flush(); }
    }

    /// <summary>Measures what waits. Pictures that the judge cannot see are those that nothing is asked of.</summary>
    public void Flush()
    {
        cancellation.ThrowIfCancellationRequested();
        if (_waiting.Count == 0) { return; }
        var seen = new Queue<Judgement>(_judge!.Look(_waiting.Select(expected => expected.Picture).Where(_judge.CanSee).ToList()));
        var measured = _waiting.ConvertAll(expected => expected.Against(_judge.CanSee(expected.Picture) ? seen.Dequeue() : Judgement.None, Reference));
        _waiting.Clear();
        measured.ForEach(write);
    }
}
