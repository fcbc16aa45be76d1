namespace Mcdm.Files;

/// <summary>
/// What is asked of a file system about files that other programs may have open. Windows refuses much of it, and other systems next to nothing: tests
/// put one that refuses into its place.
/// </summary>
internal class FileLayer
{
    private static readonly FileLayer s_system = new();
    private static readonly AsyncLocal<FileLayer?> s_current = new();

    /// <summary>The system's own, unless this flow of calls has another.</summary>
    public static FileLayer Current
    {
        get => s_current.Value ?? s_system;
        set => s_current.Value = value;
    }

    /// <summary>Whether files can be given their places by links, or by a renaming that never replaces; Windows' renaming never does unless asked to.</summary>
    public virtual bool HasLinks => !OperatingSystem.IsWindows();

    /// <summary>Gives a file another name on the same file system.</summary>
    public virtual void Move(string from, string to, bool overwrite) => File.Move(from, to, overwrite);

    /// <summary>Gives a folder another name on the same file system.</summary>
    public virtual void MoveFolder(string from, string to) => Directory.Move(from, to);

    /// <summary>Deletes a file; one that is not there is no error.</summary>
    public virtual void Delete(string path) => File.Delete(path);

    /// <summary>Deletes a folder with all that is in it.</summary>
    public virtual void DeleteFolder(string path) => Directory.Delete(path, recursive: true);

    /// <summary>Adds text, in UTF-8, to the end of a file, which is made where it is missing.</summary>
    public virtual void Append(string path, string text) => File.AppendAllText(path, text);

    /// <summary>Adds bytes to a file that this process has open, of which others may have locked a part.</summary>
    public virtual void Write(FileStream stream, byte[] bytes)
    {
        stream.Write(bytes);
        stream.Flush();
    }

    /// <summary>Opens a file that others may go on writing to, to be read.</summary>
    public virtual FileStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Opens a file that no other program has open, to be read and written to.</summary>
    public virtual FileStream OpenAlone(string path) => new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Makes sure that no program has a file open, as far as that keeps it from being replaced.</summary>
    /// <exception cref="IOException">One has.</exception>
    public virtual void RequireUnopened(string path)
    {
        if (!OperatingSystem.IsWindows() || !File.Exists(path)) { return; }
        // To be written to: a library that is loaded may be read by all.
        using var alone = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
    }

    /// <summary>Waits.</summary>
    public virtual void Wait(TimeSpan time) => Thread.Sleep(time);
}
