using System.Management.Automation.Host;

namespace Mcdm.Host;

/// <summary>Size and colours of the terminal; fixed values where output goes to a file or pipe.</summary>
internal sealed class ConsoleScreen : PSHostRawUserInterface
{
    private const int FileWidth = 120, FileHeight = 50;

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override Size WindowSize
    {
        get
        {
            // A terminal that tells no size says 0.
            if (Console.IsOutputRedirected || Console.WindowWidth <= 0) { return new Size(FileWidth, FileHeight); }
            return new Size(Console.WindowWidth, Console.WindowHeight);
        }
        set => throw NotHere();
    }

    public override Size BufferSize { get => WindowSize; set => throw NotHere(); }

    public override Size MaxWindowSize => WindowSize;

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override Coordinates WindowPosition { get => default; set => throw NotHere(); }

    public override Coordinates CursorPosition { get => default; set => throw NotHere(); }

    public override int CursorSize { get => 25; set => throw NotHere(); }

    public override string WindowTitle { get => "Mcdm"; set { } }

    public override bool KeyAvailable => !Console.IsInputRedirected && Console.KeyAvailable;

    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        ConsoleKeyInfo key = Console.ReadKey(intercept: options.HasFlag(ReadKeyOptions.NoEcho));
        return new KeyInfo((int)key.Key, key.KeyChar, default, keyDown: true);
    }

    public override void FlushInputBuffer()
    {
        while (KeyAvailable) { Console.ReadKey(intercept: true); }
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw NotHere();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw NotHere();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw NotHere();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw NotHere();

    private static NotSupportedException NotHere() => new("Mcdm.Host does not move or change the terminal.");
}
