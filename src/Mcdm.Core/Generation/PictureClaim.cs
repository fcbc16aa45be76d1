using System.Security.Cryptography;
using System.Text;

namespace Mcdm.Generation;

/// <summary>
/// Says to other processes that one makes a picture, by a file beside the place where the picture will be saved: who creates it makes
/// the picture, and deletes it when the picture is saved or will never be. That of a process that has ended is void.
/// </summary>
public sealed class PictureClaim : IDisposable
{
    private const string Prefix = ".mcdm-", Suffix = ".claim";
    private const int Tries = 10;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>A claim takes no time to write; one that is still not whole was left by a process that was killed.</summary>
    private static readonly TimeSpan s_halfWritten = TimeSpan.FromSeconds(10);

    private readonly string _file;
    private bool _released;

    private PictureClaim(string picture, string file) => (Picture, _file) = (picture, file);

    /// <summary>Where the picture will be saved.</summary>
    public string Picture { get; }

    /// <summary>Claims a picture.</summary>
    /// <param name="picture">Where it will be saved, as a full path; its folder exists.</param>
    /// <returns>The claim, to be disposed of; null where another process has it.</returns>
    /// <exception cref="McdmException"><c>OutputUnwritable</c>: nothing can be written beside it.</exception>
    public static PictureClaim? TryTake(string picture)
    {
        string file = FileOf(picture);
        for (int i = 0; i < Tries; i++)
        {
            if (Create(file) || (IsVoid(file) && TakeOver(file))) { return new PictureClaim(picture, file); }
            if (Read(file) is { HasEnded: false }) { return null; }
            // It was deleted meanwhile, or is just being written, or somebody looks at it: soon it is free or another's.
            Thread.Sleep(s_pause);
        }
        return null;
    }

    /// <summary>Deletes a void claim on a picture that is there already: the process ended before it could.</summary>
    /// <param name="picture">The picture, as a full path.</param>
    public static void DeleteVoid(string picture)
    {
        string file = FileOf(picture);
        if (File.Exists(file) && IsVoid(file)) { new PictureClaim(picture, file).Dispose(); }
    }

    /// <summary>The process that has claimed a picture, for people to read; null where none has, or it cannot be read.</summary>
    /// <param name="picture">Where it will be saved, as a full path.</param>
    public static ClaimOwner? OwnerOf(string picture) => Read(FileOf(picture));

    /// <summary>Gives the claim up.</summary>
    public void Dispose()
    {
        if (_released) { return; }
        _released = true;
        try
        {
            File.Delete(_file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is void as soon as this process ends.
        }
    }

    /// <summary>A name of its own: the picture's with an ending could be longer than the file system allows.</summary>
    private static string FileOf(string picture)
    {
        string name = Path.GetFileName(picture);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(OperatingSystem.IsLinux() ? name : name.ToUpperInvariant()));
        return Path.Combine(Path.GetDirectoryName(picture)!, $"{Prefix}{Convert.ToHexString(hash, 0, 12).ToLowerInvariant()}{Suffix}");
    }

    private static bool Create(string file)
    {
        bool created = false;
        try
        {
            using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            created = true;
            Write(stream);
            stream.Flush();
            return true;
        }
        catch (IOException) when (!created && File.Exists(file))
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new McdmException("OutputUnwritable", ErrorKind.WriteFailed, $"Nothing can be written to '{Path.GetDirectoryName(file)}': {e.Message}", e);
        }
    }

    /// <summary>Whether nobody makes the picture although there is a claim.</summary>
    private static bool IsVoid(string file) => Read(file) is { } owner ? owner.HasEnded : File.Exists(file) && DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > s_halfWritten;

    /// <summary>Makes a void claim this process's, in place: of several that try at once, the others find it locked, or alive again.</summary>
    private static bool TakeOver(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            if (ClaimOwner.FromText(reader.ReadToEnd()) is { HasEnded: false }) { return false; }
            stream.SetLength(0);
            Write(stream);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Write(FileStream stream) => stream.Write(Encoding.UTF8.GetBytes(ClaimOwner.This.ToText()));

    private static ClaimOwner? Read(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return ClaimOwner.FromText(reader.ReadToEnd());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
