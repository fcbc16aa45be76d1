using System.Text.RegularExpressions;

namespace Mcdm.Weights.Hub;

/// <summary>A repository of models at one revision.</summary>
public sealed partial record HubRepository
{
    private const int LongestPart = 96;

    /// <param name="id">Its name, <c>owner/name</c>.</param>
    /// <param name="revision">A branch, a tag or a commit.</param>
    /// <exception cref="McdmException"><c>HubRepositoryInvalid</c>: it is no name, or no revision.</exception>
    public HubRepository(string id, string revision = "main")
    {
        string[] parts = id.Split('/');
        if (parts.Length != 2
            || !parts.All(part => part.Length <= LongestPart && Part().IsMatch(part) && !part.Contains("..", StringComparison.Ordinal)
            && !part.Contains("--", StringComparison.Ordinal)))
        {
            throw new McdmException("HubRepositoryInvalid", ErrorKind.InvalidArgument, $"'{id}' is no name of a repository; it has the form owner/name.");
        }
        if (!Reference().IsMatch(revision) || revision.Contains("..", StringComparison.Ordinal))
        {
            throw new McdmException("HubRepositoryInvalid", ErrorKind.InvalidArgument,
                $"'{revision}' is no revision of a repository; it is a branch such as main, a tag or a commit.");
        }
        (Id, Revision) = (id, revision);
    }

    /// <summary>Its name, <c>owner/name</c>.</summary>
    public string Id { get; }

    /// <summary>A branch, a tag or a commit.</summary>
    public string Revision { get; }

    /// <summary>Name of its folder in the cache.</summary>
    internal string Folder => "models--" + Id.Replace("/", "--", StringComparison.Ordinal);

    /// <summary>Whether the revision is a commit, which never changes.</summary>
    internal bool IsCommit => Commit().IsMatch(Revision);

    /// <inheritdoc/>
    public override string ToString() => Revision == "main" ? Id : $"{Id}@{Revision}";

    internal static bool IsHash(string text) => Hash().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")]
    private static partial Regex Part();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_./-]*$")]
    private static partial Regex Reference();

    [GeneratedRegex("^[0-9a-f]{40}$")]
    private static partial Regex Commit();

    [GeneratedRegex("^([0-9a-f]{40}|[0-9a-f]{64})$")]
    private static partial Regex Hash();
}
