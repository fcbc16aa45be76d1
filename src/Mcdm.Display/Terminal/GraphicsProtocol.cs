namespace Mcdm.Display.Terminal;

/// <summary>How pictures reach a terminal's screen.</summary>
public enum GraphicsProtocol
{
    /// <summary>The best of those that the terminal says it knows.</summary>
    Auto,

    /// <summary>The kitty graphics protocol: full colour, transparency.</summary>
    Kitty,

    /// <summary>DEC's sixel graphics: up to 256 colours.</summary>
    Sixel,

    /// <summary>Half blocks (▀) in 24-bit colours: two pixels a character, in any UTF-8 terminal.</summary>
    HalfBlock,
}
