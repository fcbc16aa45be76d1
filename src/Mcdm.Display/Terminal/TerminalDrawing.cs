namespace Mcdm.Display.Terminal;

/// <summary>A drawing for a terminal.</summary>
/// <param name="Rows">Lines that it takes.</param>
/// <param name="Text">What to write with the cursor at the start of a line; after it, the cursor is at the start of the line below.</param>
public readonly record struct TerminalDrawing(int Rows, string Text)
{
    /// <summary>Goes from below the drawing to where it starts.</summary>
    public string GoBack => $"\r\e[{Rows}A";

    /// <summary>From below the drawing: takes it off the screen.</summary>
    public string Erase => GoBack + "\e[J";
}
