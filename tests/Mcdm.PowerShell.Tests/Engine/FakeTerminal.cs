using System.Diagnostics;
using System.Text;

namespace Mcdm.PowerShell.Tests;

/// <summary>A test that needs a pseudo-terminal, by util-linux's script; skipped where there is none.</summary>
public sealed class PseudoTerminalTheoryAttribute : TheoryAttribute
{
    public PseudoTerminalTheoryAttribute() => Skip = FakeTerminal.IsAvailable ? null : "There is no /usr/bin/script of util-linux here (Debian: apt-get install bsdutils).";
}

/// <summary>As <see cref="PseudoTerminalTheoryAttribute"/>, for a single case.</summary>
public sealed class PseudoTerminalFactAttribute : FactAttribute
{
    public PseudoTerminalFactAttribute() => Skip = new PseudoTerminalTheoryAttribute().Skip;
}

/// <summary>As <see cref="PseudoTerminalFactAttribute"/>, where Ctrl+C is pressed.</summary>
public sealed class PseudoTerminalInterruptFactAttribute : FactAttribute
{
    public PseudoTerminalInterruptFactAttribute() => Skip = new PseudoTerminalTheoryAttribute().Skip ?? InterruptFactAttribute.Reason;
}

/// <summary>Runs the real PowerShell in a pseudo-terminal of 100 columns and 30 lines, and answers what it asks as some terminal would.</summary>
internal static class FakeTerminal
{
    /// <summary>Written by the shell around PowerShell, before and after it: the terminal's modes.</summary>
    public const string ModesMark = "modes:";

    private const string Script = "/usr/bin/script", Question = "\e[c", WhereIsTheCursor = "\e[6n", There = "\e[12;1R";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static bool IsAvailable => OperatingSystem.IsLinux() && File.Exists(Script);

    /// <summary>Runs a command of PowerShell.</summary>
    /// <param name="command">The command.</param>
    /// <param name="answer">What the terminal answers when asked for its device attributes.</param>
    /// <param name="interruptAfter">Ctrl+C is pressed once when all of these were written, in whatever order.</param>
    /// <param name="environment">Variables besides TERM=xterm-256color.</param>
    /// <returns>All that was written to the terminal.</returns>
    public static string Run(string command, string answer, IReadOnlyList<string>? interruptAfter = null, params (string Name, string Value)[] environment)
    {
        string run = $"stty cols 100 rows 30; echo {ModesMark}$(stty -g); dotnet '{Checkout.Shell}' -NoProfile -Command \"$MCDM_COMMAND\"; echo {ModesMark}$(stty -g)";
        ProcessStartInfo start = new(Script, ["-q", "-e", "-c", run, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = new UTF8Encoding(false),
            WorkingDirectory = Path.Combine(Checkout.Root, "examples", "inputs"),
        };
        start.Environment.Remove("TMUX");
        start.Environment["SHELL"] = "/bin/sh";
        start.Environment["MCDM_COMMAND"] = ShellProcess.WithModule(command);
        foreach (var (name, value) in environment.Prepend(("TERM", "xterm-256color"))) { start.Environment[name] = value; }
        using Process process = Process.Start(start)!;
        Task<string> reading = Task.Run(() => Converse(process, answer, interruptAfter));
        if (!reading.Wait(s_patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("PowerShell did not end.");
        }
        return reading.Result;
    }

    private static string Converse(Process process, string answer, IReadOnlyList<string>? interruptAfter)
    {
        var written = new StringBuilder();
        var buffer = new char[4096];
        for (int count; (count = process.StandardOutput.Read(buffer, 0, buffer.Length)) > 0;)
        {
            string before = written.ToString(), now = written.Append(buffer, 0, count).ToString();
            if (Appeared([Question])) { Type(answer); }
            if (interruptAfter is not null)
            {
                // .NET asks before PowerShell draws progress, and would wait for an answer for seconds.
                if (now.LastIndexOf(WhereIsTheCursor, StringComparison.Ordinal) > before.Length - WhereIsTheCursor.Length) { Type(There); }
                if (Appeared(interruptAfter)) { Type("\x3"); }
            }
            bool Appeared(IReadOnlyList<string> texts) => HasAll(now, texts) && !HasAll(before, texts);
        }
        return written.ToString();

        static bool HasAll(string written, IReadOnlyList<string> texts) => texts.All(text => written.Contains(text, StringComparison.Ordinal));

        void Type(string keys)
        {
            process.StandardInput.Write(keys);
            process.StandardInput.Flush();
        }
    }
}
