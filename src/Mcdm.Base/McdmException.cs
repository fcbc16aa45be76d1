namespace Mcdm;

/// <summary>
/// An error a user can act on: one sentence that says what was wrong, where, and what would be right,
/// with an id that scripts can test for.
/// </summary>
public sealed class McdmException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="id">Stable id, such as <c>PictureTruncated</c>.</param>
    /// <param name="kind">What kind of thing went wrong.</param>
    /// <param name="message">One sentence for the user.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public McdmException(string id, ErrorKind kind, string message, Exception? inner = null) : base(message, inner)
    {
        Id = id;
        Kind = kind;
    }

    /// <summary>Stable id, the same for the same mistake.</summary>
    public string Id { get; }

    /// <summary>What kind of thing went wrong.</summary>
    public ErrorKind Kind { get; }

    /// <summary>What it is about, such as the path or the name that was given; null where whoever reports it knows better.</summary>
    public object? Target { get; init; }
}
