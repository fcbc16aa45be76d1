using Mcdm.Imaging;
using Mcdm.PowerShell.Tests.Commands;
using Mcdm.Tests.Terminal;

namespace Mcdm.PowerShell.Tests.Terminal;

/// <summary>Pictures in terminals of several kinds, through a pseudo-terminal whose answers the test gives.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class HostTerminalTests(PowerShellEngine engine)
{
    private const string Show = "Show-McdmImage ./face.png -Width 12; \"keys left: $([System.Console]::KeyAvailable)\"";
    private const string Kitty = "\e_Gi=31;OK\e\\\e[6;24;12t\e[?62;c", Sixel = "\e_Gi=31;ENOTSUPPORTED:\e\\\e[6;21;9t\e[?63;1;4;6c", Neither = "\e[?64;1;2;6;9;15c";

    /// <summary>The terminal has its modes back, no answer was echoed, and none is left to be read as keys.</summary>
    private static void AssertLeftAsFound(string text)
    {
        string[] modes = [.. text.Split('\n').Where(line => line.StartsWith(FakeTerminal.ModesMark, StringComparison.Ordinal))];
        Assert.Equal(2, modes.Length);
        Assert.Equal(modes[0], modes[1]);
        Assert.Contains("keys left: False", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[?6", text.Replace("\e[?6", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("ENOTSUPPORTED", text, StringComparison.Ordinal);
        Assert.DoesNotContain("31;OK", text, StringComparison.Ordinal);
    }

    /// <summary>The lines that hold blocks; script's terminal makes CR CR LF of CR LF.</summary>
    private static Picture HalfBlocksOf(string text) =>
        DrawnPicture.FromHalfBlocks(string.Concat(text.Split('\n').Where(line => line.Contains('▀') || line.Contains('▄')).Select(line => line[Math.Max(0, line.IndexOf("\e[38", StringComparison.Ordinal))..].TrimEnd('\r') + "\r\n")));

    [PseudoTerminalFact]
    public void A_terminal_with_kitty_graphics_gets_them()
    {
        string text = FakeTerminal.Run(Show, Kitty);
        var (shown, keys, _) = DrawnPicture.FromKitty(text);
        Assert.Equal((12 * 12, 12 * 12, "12", "6"), (shown.Width, shown.Height, keys["c"], keys["r"]));
        AssertLeftAsFound(text);
    }

    [PseudoTerminalFact]
    public void A_terminal_with_sixel_graphics_gets_them()
    {
        string text = FakeTerminal.Run(Show, Sixel);
        var shown = DrawnPicture.FromSixel(text);
        Assert.Equal((12 * 9, 12 * 9), (shown.Width, shown.Height));
        AssertLeftAsFound(text);
    }

    [PseudoTerminalTheory]
    [InlineData(Neither)]
    [InlineData("")]
    public void A_terminal_without_graphics_or_that_answers_nothing_gets_half_blocks(string answer)
    {
        string text = FakeTerminal.Run(Show, answer);
        var shown = HalfBlocksOf(text);
        Assert.Equal((12, 12), (shown.Width, shown.Height));
        AssertLeftAsFound(text);
    }

    [PseudoTerminalFact]
    public void Inside_tmux_kittys_query_is_not_sent()
    {
        string text = FakeTerminal.Run(Show, Neither, null, ("TMUX", "/tmp/tmux-0/default,1,0"));
        Assert.DoesNotContain("\e_G", text, StringComparison.Ordinal);
        Assert.Equal(12, HalfBlocksOf(text).Width);
        Assert.Contains("tmux does not pass", FakeTerminal.Run("Show-McdmImage ./face.png -Protocol Kitty", Neither, null, ("TMUX", "/tmp/tmux-0/default,1,0")), StringComparison.Ordinal);
    }

    [PseudoTerminalTheory]
    [InlineData("Show-McdmImage ./face.png", "TERM", "dumb", "escape sequences")]
    [InlineData("$PSStyle.OutputRendering = 'PlainText'; Show-McdmImage ./face.png", "NOTHING", "", "PlainText")]
    [InlineData("[System.Console]::OutputEncoding = [System.Text.Encoding]::ASCII; Show-McdmImage ./face.png", "NOTHING", "", "us-ascii")]
    public void A_terminal_that_can_show_nothing_gets_an_error(string command, string variable, string value, string reason)
    {
        string text = FakeTerminal.Run(command, Neither, null, (variable, value));
        Assert.Contains(reason, text, StringComparison.Ordinal);
        Assert.Contains("Save-McdmImage", text, StringComparison.Ordinal);
        Assert.DoesNotContain('▀', text);
    }

    [Fact]
    public void A_pipe_gets_an_error_and_no_picture()
    {
        var (exitCode, output, errors) = ShellProcess.Command($"Show-McdmImage '{Path.Combine(Checkout.Root, "examples", "inputs", "face.png")}'");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("output goes to a file or a pipe", errors, StringComparison.Ordinal);
    }

    [PseudoTerminalInterruptFact]
    public void Ctrl_C_takes_a_preview_away()
    {
        const string Progress = "Sampling from Tiny";
        string text = FakeTerminal.Run($"Invoke-McdmSample -Model '{TinyModel.Folder(engine)}' -Sampler Ddpm -Steps 1000 -Preview", Neither, interruptAfter: ["▀", Progress]);
        Assert.Contains(Progress, text, StringComparison.Ordinal);
        // After the last half block: back to where the preview began, all below erased. (Progress is PowerShell's to take away; docs/first-hour.md shows that it does.)
        Assert.Contains("\r\e[8A\e[J", text[text.LastIndexOf('▀')..], StringComparison.Ordinal);
    }
}
