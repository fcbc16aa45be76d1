using Mcdm.Files;

namespace Mcdm.Core.Tests.Files;

/// <summary>A file system that refuses what Windows does while another program has files open; others it lets pass. Waiting takes no time.</summary>
internal sealed class RefusingFiles : FileLayer, IDisposable
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private readonly List<Opened> _open = [];
    private bool _isTriedAgain;

    public RefusingFiles() => Current = this;

    /// <summary>How long writers waited in all.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Called at every wait.</summary>
    public Action? Waiting { get; set; }

    /// <summary>A virus scanner, which opens every third file that is asked for, in any way there is, for up to half a second; null for none.</summary>
    public Random? Scanner { get; init; }

    /// <summary>How often something was refused.</summary>
    public int Refused { get; private set; }

    /// <summary>As on Windows.</summary>
    public override bool HasLinks => false;

    /// <summary>Opens a file as another program would.</summary>
    /// <param name="path">The file.</param>
    /// <param name="letsMove">Whether it lets it be renamed and deleted (FileShare.Delete).</param>
    /// <param name="letsRead">Whether it lets others read.</param>
    /// <returns>To be disposed of when the program closes it.</returns>
    public Opened Open(string path, bool letsMove = false, bool letsRead = true)
    {
        var opened = new Opened(this, path, letsMove, letsRead);
        _open.Add(opened);
        return opened;
    }

    public override void Move(string from, string to, bool overwrite)
    {
        Refuse(from, open => !open.LetsMove);
        if (overwrite) { Refuse(to, _ => true); }
        base.Move(from, to, overwrite);
        // Who has a file open has it open under any name.
        foreach (var open in _open.Where(open => open.Path == from)) { open.Path = to; }
    }

    public override void Delete(string path)
    {
        Refuse(path, open => !open.LetsMove);
        base.Delete(path);
    }

    public override void Append(string path, string text)
    {
        Refuse(path, _ => true);
        base.Append(path, text);
    }

    public override void Write(FileStream stream, byte[] bytes)
    {
        Refuse(stream.Name, open => !open.LetsRead);
        base.Write(stream, bytes);
    }

    public override FileStream OpenRead(string path)
    {
        Refuse(path, open => !open.LetsRead);
        return base.OpenRead(path);
    }

    public override FileStream OpenAlone(string path)
    {
        Refuse(path, _ => true);
        return base.OpenAlone(path);
    }

    public override void RequireUnopened(string path) => Refuse(path, _ => true);

    public override void Wait(TimeSpan time)
    {
        Waited += time;
        Waiting?.Invoke();
        _open.RemoveAll(open => (open.Left -= time) <= TimeSpan.Zero);
        _isTriedAgain = true;
    }

    public void Dispose() => Current = new FileLayer();

    private void Refuse(string path, Func<Opened, bool> minds)
    {
        if (Scanner is not null && !_isTriedAgain && File.Exists(path) && Scanner.Next(3) == 0)
        {
            Open(path, letsMove: Scanner.Next(2) == 0, letsRead: Scanner.Next(2) == 0).Left = TimeSpan.FromMilliseconds(Scanner.Next(500));
        }
        _isTriedAgain = false;
        if (_open.Any(open => open.Path == path && minds(open)))
        {
            Refused++;
            throw new IOException("The process cannot access the file because it is being used by another process.", SharingViolation);
        }
    }

    /// <summary>A file that another program has open.</summary>
    internal sealed class Opened(RefusingFiles files, string path, bool letsMove, bool letsRead) : IDisposable
    {
        public string Path { get; set; } = path;

        /// <summary>How long it stays open.</summary>
        public TimeSpan Left { get; set; } = TimeSpan.MaxValue;

        public bool LetsMove => letsMove;

        public bool LetsRead => letsRead;

        public void Dispose() => files._open.Remove(this);
    }
}
