namespace Mcdm.Display.Terminal;

/// <summary>Size of a terminal's character cell.</summary>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
public readonly record struct CellSize(int Width, int Height)
{
    /// <summary>The cell of the VT340, whose shape most fonts come near to.</summary>
    public static CellSize Usual { get; } = new(10, 20);
}
