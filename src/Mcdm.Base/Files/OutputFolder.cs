namespace Mcdm.Files;

/// <summary>Folders that pictures are written to.</summary>
public static class OutputFolder
{
    /// <summary>
    /// Refuses a folder that nothing can be written to, or that cannot be made, before the work is done for nothing; makes nothing that stays.
    /// </summary>
    /// <param name="folder">The folder, as a full path; it need not exist.</param>
    /// <exception cref="McdmException"><c>OutputUnwritable</c>.</exception>
    public static void RequireWritable(string folder)
    {
        string existing = folder;
        while (!Path.Exists(existing) && Path.GetDirectoryName(existing) is { Length: > 0 } parent) { existing = parent; }
        try
        {
            DeviceName.Refuse(folder);
            if (File.Exists(existing)) { throw new IOException($"'{existing}' is a file."); }
            AtomicFile.Try(existing);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new McdmException("OutputUnwritable", ErrorKind.WriteFailed, $"Nothing can be written to '{folder}': {e.Message}", e);
        }
    }

    /// <summary>Whether of several processes that write one file to a folder at once, the first keeps its place; else the last may take it.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <exception cref="IOException">Nothing can be written to it.</exception>
    public static bool KeepsFirst(string folder) => FilePublisher.IsOneMoveIn(folder);

    /// <summary>Makes a folder where it is missing.</summary>
    /// <exception cref="McdmException"><c>OutputUnwritable</c>.</exception>
    public static void Make(string folder)
    {
        try
        {
            Create(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new McdmException("OutputUnwritable", ErrorKind.WriteFailed, $"The folder '{folder}' cannot be made: {e.Message}", e);
        }
    }

    /// <summary>Makes a folder where it is missing.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    internal static void Create(string folder)
    {
        DeviceName.Refuse(folder);
        Directory.CreateDirectory(folder);
    }
}
