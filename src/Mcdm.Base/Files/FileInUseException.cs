namespace Mcdm.Files;

/// <summary>Another program has a file open, and the system lets nobody replace it meanwhile.</summary>
internal sealed class FileInUseException(string path, Exception cause)
    : IOException($"another program has '{path}' open; close it there, or choose another name ({cause.Message.TrimEnd('.')})", cause)
{
    /// <summary>Whether an error of a writer comes from such a file.</summary>
    public static bool IsCauseOf(Exception error) => error is FileInUseException || error.InnerException is { } inner && IsCauseOf(inner);
}
