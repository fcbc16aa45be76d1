namespace Mcdm.Benchmarks.Fuzz;

/// <summary>What happened to the damaged files of one format.</summary>
internal sealed class FuzzOutcome
{
    public int Read { get; private set; }

    /// <summary>Files that were refused, by the error's id.</summary>
    public Dictionary<string, int> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Files that were not as they should be.</summary>
    public int Failed { get; set; }

    public TimeSpan Longest { get; private set; }

    /// <summary>The most memory that a file took, in bytes.</summary>
    public long Largest { get; private set; }

    public void Count(McdmException? refusal, TimeSpan time, long memory)
    {
        if (refusal is null) { Read++; } else { Refused[refusal.Id] = Refused.GetValueOrDefault(refusal.Id) + 1; }
        Longest = time > Longest ? time : Longest;
        Largest = Math.Max(Largest, memory);
    }
}
