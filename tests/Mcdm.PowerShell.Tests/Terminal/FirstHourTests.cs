using System.Text.RegularExpressions;

namespace Mcdm.PowerShell.Tests.Terminal;

/// <summary>
/// docs/first-hour.md, typed key by key at the prompt of the real PowerShell, PSReadLine and all: what the screen shows is what the page says, but for times and
/// precision. With <c>MCDM_RECORD=1</c> in the environment the page's console blocks are written anew.
/// </summary>
public sealed partial class FirstHourTests : IDisposable
{
    private const string Prompt = "PS>", Tab = "⇥", ControlC = " ^C", Record = "MCDM_RECORD";
    private const int Columns = 120, Rows = 44;

    /// <summary>Without the folder, whose name is another each time, and without grey guesses from what was typed before.</summary>
    private const string Setup = $"function prompt {{ '{Prompt} ' }}; Set-PSReadLineOption -PredictionSource None";

    /// <summary>So much of the end of a line tells that it is typed.</summary>
    private const int Seen = 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("mcdm first hour ").FullName;

    private static string Page => Path.Combine(Checkout.Root, "docs", "first-hour.md");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TmuxFact]
    public void What_the_first_hour_says_is_what_the_screen_shows()
    {
        CopyInputs();
        // In some languages PowerShell breaks lines between words, and without any, anywhere.
        using var terminal = new Tmux(Columns, Rows, _folder, "env", $"HOME={_folder}", "LANG=en_US.UTF-8", "dotnet", Checkout.Shell, "-NoProfile", "-NoExit", "-Command", Setup);
        terminal.WaitFor(IsAtPrompt);
        string said = File.ReadAllText(Page), shown = Blocks().Replace(said, block => $"```console\n{Play(terminal, block.Groups["line"].Value)}\n```");
        if (Environment.GetEnvironmentVariable(Record) == "1")
        {
            File.WriteAllText(Page, shown);
            return;
        }
        Assert.Equal(WithoutWhatVaries(said), WithoutWhatVaries(shown));
    }

    /// <summary>Types a line, runs it, and gives it with what the screen shows until the next prompt.</summary>
    private static string Play(Tmux terminal, string line)
    {
        bool isInterrupted = line.EndsWith(ControlC, StringComparison.Ordinal), hasTabs = line.Contains(Tab, StringComparison.Ordinal);
        int before = Commands(terminal.Lines()).Count;
        string[] parts = (isInterrupted ? line[..^ControlC.Length] : line)[(Prompt.Length + 1)..].Split(Tab);
        for (int i = 0; i < parts.Length; i++)
        {
            terminal.Type(parts[i]);
            string[] typed = terminal.WaitFor(lines => lines[Commands(lines)[^1]].EndsWith(parts[i].TrimEnd()[^Math.Min(Seen, parts[i].TrimEnd().Length)..], StringComparison.Ordinal));
            if (i == parts.Length - 1) { break; }
            string unfinished = typed[Commands(typed)[^1]];
            terminal.Press("Tab");
            terminal.WaitFor(lines => lines[Commands(lines)[^1]] != unfinished);
        }
        terminal.Press("Enter");
        if (line.Contains("-Preview", StringComparison.Ordinal))
        {
            // In between, pictures and under them the progress.
            terminal.WaitFor(lines => lines[(Commands(lines)[^1] + 1)..] is var below && below.Any(IsPicture) && below.Any(text => text.StartsWith("Sampling from Faces", StringComparison.Ordinal)));
        }
        if (isInterrupted) { terminal.Press("C-c"); }
        string[] after = terminal.WaitFor(lines => IsAtPrompt(lines) && Commands(lines).Count > before);
        var prompts = Commands(after);
        string[] typedLines = hasTabs ? [line, after[prompts[^2]]] : [line];
        return string.Join('\n', typedLines.Concat(Shorten(after[(prompts[^2] + 1)..prompts[^1]])));
    }

    /// <summary>The lines at which something is, or will be, typed.</summary>
    private static List<int> Commands(string[] lines) => [.. Enumerable.Range(0, lines.Length).Where(i => lines[i].StartsWith(Prompt, StringComparison.Ordinal))];

    private static bool IsAtPrompt(string[] lines) => lines.LastOrDefault(line => line.Length > 0) == Prompt;

    private static bool IsPicture(string line) => line.Contains('▀') || line.Contains('▄');

    /// <summary>Without the empty lines around, and with a note in place of pictures.</summary>
    private static List<string> Shorten(string[] output)
    {
        var kept = new List<string>();
        for (int i = 0; i < output.Length; i++)
        {
            if (!IsPicture(output[i]))
            {
                kept.Add(output[i]);
                continue;
            }
            var picture = output[i..].TakeWhile(IsPicture).ToList();
            kept.Add($"[pictures: {picture.Max(line => line.Length)} × {picture.Count} characters]");
            i += picture.Count - 1;
        }
        while (kept.Count > 0 && kept[0].Length == 0) { kept.RemoveAt(0); }
        while (kept.Count > 0 && kept[^1].Length == 0) { kept.RemoveAt(kept.Count - 1); }
        return kept;
    }

    private static string WithoutWhatVaries(string page) => Spaces().Replace(Varying().Replace(page, "*"), " ");

    private void CopyInputs()
    {
        string from = Path.Combine(Checkout.Root, "examples", "inputs"), to = Path.Combine(_folder, "examples", "inputs");
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from)) { File.Copy(file, Path.Combine(to, Path.GetFileName(file))); }
        File.CreateSymbolicLink(Path.Combine(_folder, "Mcdm.psd1"), Checkout.Manifest);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "module"), Path.Combine(Checkout.Root, "module"));
    }

    [GeneratedRegex("```console\n(?<line>PS> .+)\n(.*\n)*?```")]
    private static partial Regex Blocks();

    /// <summary>Seconds, the precision that the processor has instructions for, and where the folder lies.</summary>
    [GeneratedRegex(@"(?<=\(looked for )'[^']*'|(?<= )\d+\.\d\d(?= )|\bb?float(16|32)\b")]
    private static partial Regex Varying();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
