using System.Diagnostics;

namespace Mcdm.PowerShell.Tests;

/// <summary>A test that needs tmux; skipped where it is not installed.</summary>
public sealed class TmuxFactAttribute : FactAttribute
{
    public TmuxFactAttribute()
    {
        if (!Tmux.IsInstalled) { Skip = "tmux is not installed (Debian: apt-get install tmux)."; }
    }
}

/// <summary>A terminal that nobody sees, with a server of its own: keys go in, and what its screen shows comes out.</summary>
internal sealed class Tmux : IDisposable
{
    private const string Program = "/usr/bin/tmux";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2), s_pause = TimeSpan.FromMilliseconds(50);

    private readonly string _server = $"mcdm-{Guid.NewGuid():N}";

    /// <summary>Starts a command in it.</summary>
    public Tmux(int columns, int rows, string folder, params string[] command) =>
        Ask(["-f", "/dev/null", "new-session", "-d", "-x", $"{columns}", "-y", $"{rows}", "-c", folder, .. command]);

    public static bool IsInstalled => File.Exists(Program);

    /// <summary>Types characters as they are.</summary>
    public void Type(string text)
    {
        if (text.Length > 0) { Ask("send-keys", "-l", text); }
    }

    /// <summary>Presses a key: Enter, Tab, C-c.</summary>
    public void Press(string key) => Ask("send-keys", key);

    /// <summary>The lines so far, those that went off the screen included.</summary>
    public string[] Lines() => [.. Ask("capture-pane", "-p", "-S", "-").Split('\n').Select(line => line.TrimEnd())];

    /// <summary>The screen with its colours, as escape sequences.</summary>
    public string Screen() => Ask("capture-pane", "-p", "-e");

    /// <summary>Looks again and again until the lines are as wanted.</summary>
    public string[] WaitFor(Predicate<string[]> wanted)
    {
        var clock = Stopwatch.StartNew();
        for (string[] lines = Lines(); ; lines = Lines())
        {
            if (wanted(lines)) { return lines; }
            Assert.True(clock.Elapsed < s_patience, "The screen stayed as it is:\n" + string.Join('\n', lines));
            Thread.Sleep(s_pause);
        }
    }

    public void Dispose() => Ask("kill-server");

    private string Ask(params string[] arguments)
    {
        ProcessStartInfo start = new(Program, ["-u", "-L", _server, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("TMUX");
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd(), errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 || arguments[0] == "kill-server" ? output : throw new InvalidOperationException($"tmux {string.Join(' ', arguments)}: {errors}");
    }
}
