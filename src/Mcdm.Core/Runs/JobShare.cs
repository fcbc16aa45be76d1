namespace Mcdm.Runs;

/// <summary>
/// One of the parts that rows are dealt out to, in turn: each worker knows its own without asking, no part has more than one row more than another, and rows
/// that stand next to each other in a file, which are mostly sampled alike, stay next to each other in their part.
/// </summary>
internal readonly record struct JobShare
{
    private JobShare(int part, int of) => (Part, Of) = (part, of);

    /// <summary>The part, from 1.</summary>
    public int Part { get; }

    /// <summary>How many parts there are.</summary>
    public int Of { get; }

    /// <summary>The part that a user asked for; all rows where none was.</summary>
    /// <exception cref="McdmException"><c>PartIncomplete</c> or <c>PartOutOfRange</c>.</exception>
    public static JobShare From(int? part, int? of)
    {
        if ((part is null) != (of is null))
        {
            throw new McdmException("PartIncomplete", ErrorKind.InvalidArgument, "-Part and -Of are given together, as in -Part 3 -Of 16.");
        }
        if (part < 1 || part > of || of < 1)
        {
            throw new McdmException("PartOutOfRange", ErrorKind.InvalidArgument,
                $"There is no part {part} of {of}: parts count from 1{(part == 0 ? ", so number a job array from 1 too, as in --array=1-16" : "")}.");
        }
        return new JobShare(part ?? 1, of ?? 1);
    }

    /// <summary>Whether a row is this part's.</summary>
    /// <param name="position">The row's position among all, from 0.</param>
    public bool Holds(long position) => position % Of == Part - 1;
}
