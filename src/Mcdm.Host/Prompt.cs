using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using RadLine;
using Spectre.Console;

namespace Mcdm.Host;

/// <summary>
/// A prompt for machines without pwsh. RadLine edits the lines, PowerShell itself completes them: Tab goes through the
/// completions, the arrow keys through earlier lines; Ctrl+C drops the line, Ctrl+D or <c>exit</c> ends.
/// </summary>
internal sealed class Prompt
{
    private readonly PromptText _prompt = new();
    private readonly LineEditor _editor;
    private bool _dropped;

    public Prompt(Runspace runspace)
    {
        _editor = new LineEditor { Prompt = _prompt };
        var keys = _editor.KeyBindings;
        keys.Remove(ConsoleKey.Tab, null);
        keys.Remove(ConsoleKey.Tab, ConsoleModifiers.Shift);
        var completion = new Completion(runspace);
        keys.Add(ConsoleKey.Tab, () => new CompleteCommand(completion, 1));
        keys.Add(ConsoleKey.Tab, ConsoleModifiers.Shift, () => new CompleteCommand(completion, -1));
        keys.Add(ConsoleKey.UpArrow, () => new PreviousHistoryCommand());
        keys.Add(ConsoleKey.DownArrow, () => new NextHistoryCommand());
        keys.Add(ConsoleKey.C, ConsoleModifiers.Control, () => new EndCommand(() => _dropped = true));
        keys.Add(ConsoleKey.D, ConsoleModifiers.Control, () => new EndCommand(() => { }));
    }

    /// <summary>Reads a whole statement, over several lines where the first is not finished; null at the end of input.</summary>
    public string? ReadStatement()
    {
        string statement = "";
        while (true)
        {
            string? line = ReadLine(statement.Length == 0 ? "mcdm> " : ">> ");
            if (_dropped)
            {
                (_dropped, statement) = (false, "");
                continue;
            }
            if (line is null) { return null; }
            statement = statement.Length == 0 ? line : statement + "\n" + line;
            Parser.ParseInput(statement, out _, out var errors);
            if (!errors.Any(error => error.IncompleteInput) || line.Length == 0)
            {
                if (statement.Trim().Length > 0) { return statement; }
                statement = "";
            }
        }
    }

    private string? ReadLine(string prompt)
    {
        _prompt.Text = prompt;
        Console.TreatControlCAsInput = true;
        try
        {
            string? line = _editor.ReadLine(CancellationToken.None).GetAwaiter().GetResult();
            Console.WriteLine();
            return line;
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private sealed class PromptText : ILineEditorPrompt
    {
        public string Text { get; set; } = "";

        public (Markup Markup, int Margin) GetPrompt(ILineEditorState state, int line) => (new Markup(Markup.Escape(Text.TrimEnd())), 1);
    }

    private sealed class EndCommand(Action before) : LineEditorCommand
    {
        public override void Execute(LineEditorContext context)
        {
            before();
            context.Submit(SubmitAction.Cancel);
        }
    }

    private sealed class CompleteCommand(Completion completion, int step) : LineEditorCommand
    {
        public override void Execute(LineEditorContext context) => completion.Next(context.Buffer, step);
    }

    /// <summary>The completions of a line; Tab on what it put there takes the next one.</summary>
    private sealed class Completion(Runspace runspace)
    {
        private CommandCompletion? _found;
        private string _line = "", _result = "";
        private int _index;

        public void Next(LineBuffer buffer, int step)
        {
            if (_found is not null && buffer.Content == _result)
            {
                _index = (_index + step + _found.CompletionMatches.Count) % _found.CompletionMatches.Count;
            }
            else
            {
                using var shell = PowerShell.Create(runspace);
                _line = buffer.Content;
                _found = CommandCompletion.CompleteInput(_line, buffer.Position, null, shell);
                if (_found.CompletionMatches.Count == 0) { _found = null; return; }
                _index = 0;
            }
            string text = _found.CompletionMatches[_index].CompletionText;
            _result = _line[.._found.ReplacementIndex] + text + _line[(_found.ReplacementIndex + _found.ReplacementLength)..];
            buffer.Clear(0, buffer.Length);
            buffer.Move(0);
            buffer.Insert(_result);
            buffer.Move(_found.ReplacementIndex + text.Length);
        }
    }
}
