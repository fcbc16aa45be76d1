using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Mcdm.Files;

namespace Mcdm.Runs;

/// <summary>
/// Says to other processes that one makes a picture, by a file beside the place where the picture will be saved: who creates it makes
/// the picture, renews it at every step, and deletes it when the picture is saved or will never be. That of a process of this computer that has ended
/// is void, and
/// that of another computer that has not been renewed for long. Work may be done twice where a computer was only slow; a picture is published once all
/// the same.
/// </summary>
public sealed class PictureClaim : IDisposable
{
    private const string Prefix = ".mcdm-", Suffix = ".claim";
    private const int Tries = 10;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20), s_someoneLooks = TimeSpan.FromSeconds(1);

    /// <summary>A claim takes no time to write; one that is still not whole was left by a process that was killed.</summary>
    private static readonly TimeSpan s_halfWritten = TimeSpan.FromSeconds(10);

    /// <summary>So many times a claim may be renewed before it is void: steps may be short, file servers far away, and workers many.</summary>
    private const int RenewalsInLimit = 20;

    private readonly string _file;
    private readonly TimeSpan _betweenRenewals;
    private long _renewed = Stopwatch.GetTimestamp();
    private bool _released;

    private PictureClaim(string picture, string file, TimeSpan limit) => (Picture, _file, _betweenRenewals) = (picture, file, limit / RenewalsInLimit);

    private enum State
    {
        /// <summary>It was deleted meanwhile, or is just being written, or somebody looks at it: soon it is free or another's.</summary>
        Unclear,
        Held,
        Void,
    }

    /// <summary>How long the claim of another computer counts without renewal, where nothing else is said.</summary>
    public static TimeSpan UsualLimit { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Where the picture will be saved.</summary>
    public string Picture { get; }

    /// <summary>Claims a picture.</summary>
    /// <param name="picture">Where it will be saved, as a full path; its folder exists.</param>
    /// <param name="limit">How long the claim of another computer counts without renewal; <see cref="UsualLimit"/> by default.</param>
    /// <returns>The claim, to be disposed of; null where another process has it.</returns>
    /// <exception cref="McdmException"><c>OutputUnwritable</c>: nothing can be written beside it.</exception>
    public static PictureClaim? TryTake(string picture, TimeSpan? limit = null)
    {
        string file = FileOf(picture);
        var counts = limit ?? UsualLimit;
        for (int i = 0; i < Tries; i++)
        {
            if (Create(file)) { return new PictureClaim(picture, file, counts); }
            switch (StateOf(file, counts))
            {
                case State.Held: return null;
                case State.Void when TakeOver(file, counts): return new PictureClaim(picture, file, counts);
            }
            FileLayer.Current.Wait(s_pause);
        }
        return null;
    }

    /// <summary>Deletes a void claim on a picture that is there already: the process ended before it could.</summary>
    /// <param name="picture">The picture, as a full path.</param>
    /// <param name="limit">As of <see cref="TryTake"/>.</param>
    public static void DeleteVoid(string picture, TimeSpan? limit = null)
    {
        string file = FileOf(picture);
        if (File.Exists(file) && StateOf(file, limit ?? UsualLimit) == State.Void) { Delete(file); }
    }

    /// <summary>Gives up the claim that this process has on a picture, if it has one: the picture cannot be saved here.</summary>
    /// <param name="picture">Where it would have been saved, as a full path.</param>
    public static void GiveUp(string picture) => DeleteOwn(FileOf(picture));

    /// <summary>The process that has claimed a picture, for people to read; null where none has, or it cannot be read.</summary>
    /// <param name="picture">Where it will be saved, as a full path.</param>
    public static ClaimOwner? OwnerOf(string picture) => Read(FileOf(picture))?.Owner;

    internal static bool IsClaim(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>The claims in a folder that are not void, with their owners.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="limit">As of <see cref="TryTake"/>.</param>
    public static IReadOnlyList<ClaimOwner> In(string folder, TimeSpan? limit = null) => Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}")
        .Where(file => StateOf(file, limit ?? UsualLimit) == State.Held).Select(file => Read(file)?.Owner).OfType<ClaimOwner>().ToList();

    /// <summary>Says that the owner still works; to be called at every step, and cheap. One that another computer has taken over stays its.</summary>
    public void Renew()
    {
        if (_released || Stopwatch.GetElapsedTime(_renewed) < _betweenRenewals) { return; }
        _renewed = Stopwatch.GetTimestamp();
        RenewNow();
    }

    /// <summary>As <see cref="Renew"/>, however soon after the last.</summary>
    internal void RenewNow()
    {
        try
        {
            using var stream = FileLayer.Current.OpenAlone(_file);
            // Written, not touched: the time is then the file server's, not this computer's.
            if (Of(stream) == ClaimOwner.This) { Write(stream); }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody looks at it, or it is gone; the next step tries again.
        }
    }

    /// <summary>Gives the claim up.</summary>
    public void Dispose()
    {
        if (_released) { return; }
        _released = true;
        DeleteOwn(_file);
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
            // One that was deleted while somebody looks at it keeps its place, on Windows, until that is over.
            OpenElsewhere.Try(file, () =>
            {
                using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                created = true;
                Write(stream);
            }, s_someoneLooks);
            return true;
        }
        catch (IOException e) when (!created && (AtomicFile.SaysExists(e) || File.Exists(file)))
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (created) { Delete(file); }
            throw new McdmException("OutputUnwritable", ErrorKind.WriteFailed, $"Nothing can be written to '{Path.GetDirectoryName(file)}': {e.Message}", e);
        }
    }

    private static State StateOf(string file, TimeSpan limit) => Read(file) is { } read ? StateOf(file, read.Owner, read.Renewed, limit) : State.Unclear;

    private static State StateOf(string file, ClaimOwner? owner, DateTime renewed, TimeSpan limit)
    {
        if (owner is { IsOfThisHost: true }) { return owner.HasEnded ? State.Void : State.Held; }
        try
        {
            var age = FolderClock.Now(Path.GetDirectoryName(file)!) - renewed;
            return age > (owner is null ? s_halfWritten : limit) ? State.Void : owner is null ? State.Unclear : State.Held;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return State.Held; // where nothing can be written, nothing can be claimed either
        }
    }

    /// <summary>Makes a void claim this process's, in place: of several that try at once, the others find it locked, or alive again.</summary>
    private static bool TakeOver(string file, TimeSpan limit)
    {
        try
        {
            using var stream = FileLayer.Current.OpenAlone(file);
            if (StateOf(file, Of(stream), File.GetLastWriteTimeUtc(stream.SafeFileHandle), limit) != State.Void) { return false; }
            Write(stream);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Write(FileStream stream)
    {
        byte[] text = Encoding.UTF8.GetBytes(ClaimOwner.This.ToText());
        stream.Position = 0;
        stream.Write(text);
        stream.Flush();
        if (stream.Length != text.Length) { stream.SetLength(text.Length); }
    }

    /// <summary>
    /// Who has claimed by a file, null where that is not whole, and when that was renewed, by the clock of the system that holds it; null where there
    /// is none to be read. Who looks at it without letting others read is waited for: a claim that was not given up would count until this process ends.
    /// </summary>
    private static (ClaimOwner? Owner, DateTime Renewed)? Read(string file)
    {
        try
        {
            (ClaimOwner?, DateTime) read = default;
            OpenElsewhere.Try(file, () =>
            {
                using var stream = FileLayer.Current.OpenRead(file);
                read = (Of(stream), File.GetLastWriteTimeUtc(stream.SafeFileHandle));
            }, s_someoneLooks);
            return read;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static ClaimOwner? Of(FileStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        return ClaimOwner.FromText(reader.ReadToEnd());
    }

    private static void DeleteOwn(string file)
    {
        if (Read(file)?.Owner == ClaimOwner.This) { Delete(file); }
    }

    private static void Delete(string file)
    {
        try
        {
            OpenElsewhere.Try(file, () => FileLayer.Current.Delete(file), s_someoneLooks);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is void as soon as this process ends.
        }
    }
}
