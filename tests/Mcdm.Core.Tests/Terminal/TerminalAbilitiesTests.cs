using Mcdm.Display.Terminal;
using Xunit;

namespace Mcdm.Core.Tests.Terminal;

/// <summary>Replies as terminals give them.</summary>
public sealed class TerminalAbilitiesTests
{
    private const string KittyYes = "\e_Gi=31;OK\e\\", KittyNo = "\e_Gi=31;ENOTSUPPORTED:no\e\\", Cell = "\e[6;21;9t";

    [Theory]
    [InlineData(KittyYes + Cell + "\e[?62;c", GraphicsProtocol.Kitty)]          // kitty
    [InlineData(KittyYes + "\e[?65;4;6;22c", GraphicsProtocol.Kitty)]           // wezterm knows both
    [InlineData(KittyNo + "\e[?62;4c", GraphicsProtocol.Sixel)]
    [InlineData(Cell + "\e[?63;1;2;3;4;6;9c", GraphicsProtocol.Sixel)]          // xterm -ti vt340
    [InlineData("\e[?64;1;2;6;9;15c", GraphicsProtocol.HalfBlock)]              // xterm
    [InlineData("\e[?4;6c", GraphicsProtocol.HalfBlock)]                         // a VT132: the first number is the terminal, not an attribute
    [InlineData("\e[?1;2c", GraphicsProtocol.HalfBlock)]                         // tmux, screen
    [InlineData("", GraphicsProtocol.HalfBlock)]
    public void The_best_protocol_is_taken(string replies, GraphicsProtocol expected) => Assert.Equal(expected, TerminalAbilities.Parse(replies).Best);

    [Theory]
    [InlineData(Cell + "\e[?62c", 9, 21)]
    [InlineData("\e[6;0;0t\e[?62c", 10, 20)]
    [InlineData("\e[?62c", 10, 20)]
    public void The_cell_is_what_the_terminal_says(string replies, int width, int height) => Assert.Equal(new CellSize(width, height), TerminalAbilities.Parse(replies).Cell);

    [Theory]
    [InlineData(KittyYes + Cell, false)]
    [InlineData(KittyYes + Cell + "\e[?62;4", false)]
    [InlineData(KittyYes + Cell + "\e[?62;4c", true)]
    [InlineData("\e[?62c", true)]
    public void The_replies_end_with_the_device_attributes(string replies, bool complete) => Assert.Equal(complete, TerminalAbilities.IsComplete(replies));
}
