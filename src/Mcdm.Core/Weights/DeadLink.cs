namespace Mcdm.Weights;

/// <summary>A link to a file that is not there, as caches of hubs have them where a download was broken off.</summary>
internal static class DeadLink
{
    /// <summary>What to say of a path that is one, in a sentence; null where it is none.</summary>
    public static string? Of(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget is { } target
                ? $"'{path}' is a link to '{target}', which is not there: the file was not downloaded whole, or was deleted." : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
