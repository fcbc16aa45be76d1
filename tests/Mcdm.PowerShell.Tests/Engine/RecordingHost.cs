using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace Mcdm.PowerShell.Tests;

/// <summary>A host that keeps what it is told to show, and answers every question with <see cref="Answer"/>.</summary>
internal sealed class RecordingHost : PSHost
{
    private readonly Recorder _recorder = new();

    /// <summary>The letter of the choice to take when asked to confirm: Y, A, N, L.</summary>
    public string Answer { get => _recorder.Answer; set => _recorder.Answer = value; }

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "Mcdm.PowerShell.Tests";

    public override PSHostUserInterface UI => _recorder;

    public override Version Version { get; } = new(1, 0);

    public string[] TakeLines() => _recorder.TakeLines();

    /// <summary>What was written, escape sequences included, and forgets it.</summary>
    public string TakeText() => _recorder.TakeText();

    public override void SetShouldExit(int exitCode)
    {
    }

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    private sealed class Recorder : PSHostUserInterface
    {
        private readonly StringBuilder _text = new(), _raw = new();

        public string Answer { get; set; } = "Y";

        public override PSHostRawUserInterface RawUI => new Screen();

        public string[] TakeLines()
        {
            string[] lines = _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            _text.Clear();
            return lines;
        }

        public string TakeText()
        {
            string text = _raw.ToString();
            _raw.Clear();
            return text;
        }

        public override void Write(string value)
        {
            _raw.Append(value);
            _text.Append(GetOutputString(value, supportsVirtualTerminal: false));
        }

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

        public override void WriteLine(string value) => Write(value + "\n");

        public override void WriteErrorLine(string value) => WriteLine(value);

        public override void WriteDebugLine(string message)
        {
        }

        public override void WriteVerboseLine(string message)
        {
        }

        public override void WriteWarningLine(string message)
        {
        }

        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
        }

        public override string ReadLine() => throw new NotSupportedException("A test was asked for input.");

        public override SecureString ReadLineAsSecureString() => throw new NotSupportedException();

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
            throw new NotSupportedException("A test was asked for " + string.Join(", ", descriptions.Select(field => field.Name)));

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
        {
            WriteLine(message);
            return choices.Select((choice, index) => (choice, index)).First(item => item.choice.Label.Contains("&" + Answer, StringComparison.OrdinalIgnoreCase)).index;
        }

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw new NotSupportedException();

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName,
            PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw new NotSupportedException();
    }

    private sealed class Screen : PSHostRawUserInterface
    {
        public override ConsoleColor ForegroundColor { get; set; }

        public override ConsoleColor BackgroundColor { get; set; }

        public override Size BufferSize { get; set; } = new(120, 50);

        public override Size WindowSize { get; set; } = new(120, 50);

        public override Size MaxWindowSize => WindowSize;

        public override Size MaxPhysicalWindowSize => WindowSize;

        public override Coordinates WindowPosition { get; set; }

        public override Coordinates CursorPosition { get; set; }

        public override int CursorSize { get; set; } = 25;

        public override string WindowTitle { get; set; } = "";

        public override bool KeyAvailable => false;

        public override KeyInfo ReadKey(ReadKeyOptions options) => throw new NotSupportedException();

        public override void FlushInputBuffer()
        {
        }

        public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException();

        public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw new NotSupportedException();

        public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw new NotSupportedException();

        public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw new NotSupportedException();
    }
}
