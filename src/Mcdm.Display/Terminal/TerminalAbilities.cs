using System.Text.RegularExpressions;

namespace Mcdm.Display.Terminal;

/// <summary>What a terminal says of itself when asked with <see cref="Query"/>.</summary>
/// <param name="Kitty">It answered a query of the kitty graphics protocol.</param>
/// <param name="Sixel">Sixel graphics is among its primary device attributes.</param>
/// <param name="Cell">Its cell; the usual one where it did not say.</param>
public sealed partial record TerminalAbilities(bool Kitty, bool Sixel, CellSize Cell)
{
    /// <summary>
    /// A one-pixel picture that kitty's protocol checks but does not show (a=q); then the cell size (XTWINOPS 16), and last the primary
    /// device attributes (DA1), which every terminal answers: with its answer all others that come have come.
    /// </summary>
    public const string Query = "\e_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\e\\" + QueryWithoutKitty;

    /// <summary>The same for terminals that take kitty's query for something else.</summary>
    public const string QueryWithoutKitty = "\e[16t\e[c";

    /// <summary>The attribute of DA1 that stands for sixel graphics.</summary>
    private const string SixelAttribute = "4";

    /// <summary>Of a terminal that answers nothing.</summary>
    public static TerminalAbilities None { get; } = new(false, false, CellSize.Usual);

    /// <summary>The best protocol there is.</summary>
    public GraphicsProtocol Best => Kitty ? GraphicsProtocol.Kitty : Sixel ? GraphicsProtocol.Sixel : GraphicsProtocol.HalfBlock;

    /// <summary>Whether the last of the replies is among these.</summary>
    public static bool IsComplete(string replies) => DeviceAttributes().IsMatch(replies);

    /// <summary>Reads the replies.</summary>
    public static TerminalAbilities Parse(string replies) => new(
        replies.Contains("\e_Gi=31;OK\e\\", StringComparison.Ordinal),
        DeviceAttributes().Match(replies) is { Success: true } attributes && attributes.Groups[1].Value.Split(';').Skip(1).Contains(SixelAttribute),
        CellReply().Match(replies) is { Success: true } cell ? new CellSize(int.Parse(cell.Groups[2].Value), int.Parse(cell.Groups[1].Value)) : CellSize.Usual);

    [GeneratedRegex(@"\e\[\?([0-9;]+)c")]
    private static partial Regex DeviceAttributes();

    [GeneratedRegex(@"\e\[6;([1-9][0-9]{0,2});([1-9][0-9]{0,2})t")]
    private static partial Regex CellReply();
}
