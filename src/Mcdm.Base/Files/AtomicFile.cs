using System.Text;

namespace Mcdm.Files;

/// <summary>Writes files that appear whole or not at all: under a temporary name beside the target, flushed to disk, then renamed or linked.</summary>
public static class AtomicFile
{
    private const string Prefix = ".mcdm-", Suffix = ".tmp";
    private const int WindowsFileExists = unchecked((int)0x80070050);

    /// <summary>No file takes this long to write; what is older was left by a process that was killed.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Deletes what killed processes left in a folder, where that can be done. Age is told by the clock of the system that holds it: other computers
    /// may be writing.
    /// </summary>
    public static void CleanUp(string folder)
    {
        if (!Directory.Exists(folder) || Directory.GetFiles(folder, $"{Prefix}*{Suffix}") is not { Length: > 0 } files) { return; }
        try
        {
            var now = Try(folder);
            foreach (string file in files.Where(file => now - File.GetLastWriteTimeUtc(file) > Abandoned)) { TryDelete(file); }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Where nothing can be written, nothing can be deleted.
        }
    }

    /// <summary>Writes a text file, UTF-8.</summary>
    /// <param name="path">The target, replaced where it is there; its folder exists.</param>
    /// <param name="text">The text.</param>
    /// <param name="patience">As of <see cref="Write"/>.</param>
    public static void WriteText(string path, string text, TimeSpan? patience = null) =>
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)), patience: patience);

    /// <summary>Writes a file.</summary>
    /// <param name="path">The target; its folder exists.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="overwrite">Replace a file that is there; where false, one that is there is an <see cref="IOException"/>.</param>
    /// <param name="patience">How long to wait for another program to close the file that is there; some seconds where it is null.</param>
    public static void Write(string path, Action<Stream> write, bool overwrite = true, TimeSpan? patience = null)
    {
        DeviceName.Refuse(path);
        string temporary = TemporaryIn(Path.GetDirectoryName(path) ?? "");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            if (overwrite) { OpenElsewhere.Replace(temporary, path, patience); }
            else { FilePublisher.Publish(temporary, path); }
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>Writes a file to a folder and deletes it again.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <returns>When it was written, UTC, by the clock of the system that holds the folder.</returns>
    /// <exception cref="IOException">It takes none.</exception>
    /// <exception cref="UnauthorizedAccessException">It takes none.</exception>
    public static DateTime Try(string folder)
    {
        using var stream = new FileStream(TemporaryIn(folder), FileMode.CreateNew, FileAccess.Write, FileShare.Delete, bufferSize: 1,
            FileOptions.DeleteOnClose);
        stream.WriteByte(0);
        stream.Flush();
        return File.GetLastWriteTimeUtc(stream.SafeFileHandle);
    }

    /// <summary>Whether an error says that a file is there that was to be created: a second look may find it gone.</summary>
    public static bool SaysExists(IOException error) => error.HResult is FilePublisher.ExistsAlready or WindowsFileExists;

    /// <summary>A short name of its own: the target's name with an ending could be longer than the file system allows.</summary>
    internal static string TemporaryIn(string folder) => Path.Combine(folder, $"{Prefix}{Guid.NewGuid():N}{Suffix}");

    internal static void TryDelete(string path)
    {
        try
        {
            FileLayer.Current.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // The failure that led here is the one to report.
        }
    }
}
