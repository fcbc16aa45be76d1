namespace Mcdm.Modalities.Segment;

/// <summary>Intersection over union of each part (Everingham et al. 2010), gathered over one mask or many.</summary>
/// <param name="parts">Number of parts.</param>
public sealed class IntersectionOverUnion(int parts)
{
    private readonly long[] _intersection = new long[parts], _union = new long[parts];
    private readonly bool[] _wanted = new bool[parts];

    /// <summary>
    /// Adds the pixels of a mask. A pixel of a part that is wanted elsewhere counts against it everywhere, also where nothing
    /// is wanted (<see cref="SegmentEncoder.Unknown"/>): a mask that states the hair states all of it.
    /// </summary>
    /// <param name="found">Each pixel's part as found.</param>
    /// <param name="wanted">Each pixel's part as wanted.</param>
    public void Add(byte[] found, byte[] wanted)
    {
        if (found.Length != wanted.Length)
        {
            throw new ArgumentException($"Masks of {found.Length} and {wanted.Length} pixels cannot be compared.", nameof(found));
        }
        for (int i = 0; i < wanted.Length; i++)
        {
            _union[found[i]]++;
            if (wanted[i] == SegmentEncoder.Unknown) { continue; }
            _wanted[wanted[i]] = true;
            if (found[i] == wanted[i]) { _intersection[wanted[i]]++; }
            else { _union[wanted[i]]++; }
        }
    }

    /// <summary>Intersection over union of a part, 0…1; null where no mask wanted it.</summary>
    public double? Of(int part) => _wanted[part] ? (double)_intersection[part] / _union[part] : null;

    /// <summary>Mean over the parts that were wanted; null where none was.</summary>
    public double? Mean() => Enumerable.Range(0, _wanted.Length).Average(Of);
}
