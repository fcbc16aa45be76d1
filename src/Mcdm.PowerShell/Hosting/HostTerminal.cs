using System.Management.Automation;
using System.Management.Automation.Host;
using Mcdm.Display.Terminal;

namespace Mcdm.PowerShell.Hosting;

/// <summary>The terminal that a session's host writes to, for drawing.</summary>
internal sealed class HostTerminal
{
    private const string PlainTerminal = "dumb";

    /// <summary>What a terminal over a slow line needs to answer; one that never answers is waited for once a process.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly object s_lock = new();
    private static TerminalAbilities? s_abilities;

    private readonly PSHostUserInterface _ui;

    private HostTerminal(PSHostUserInterface ui, TerminalScreen screen) => (_ui, Screen) = (ui, screen);

    /// <summary>A screen to draw for in place of the host's, where a host is no terminal but keeps what is drawn; null elsewhere.</summary>
    public static TerminalScreen? StandIn { get; set; }

    /// <summary>Its window and how pictures reach it.</summary>
    public TerminalScreen Screen { get; }

    /// <summary>Writes as it is: past the pipeline, so that nothing is drawn into a variable or a file.</summary>
    public void Write(string text) => _ui.Write(text);

    /// <summary>The terminal of a cmdlet's host.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="protocol">How to draw; Auto asks the terminal.</param>
    /// <exception cref="McdmException"><c>TerminalCannotShow</c>: there is none, or none that can draw so.</exception>
    public static HostTerminal Of(PSCmdlet cmdlet, GraphicsProtocol protocol)
    {
        var ui = cmdlet.Host.UI;
        if (StandIn is not null) { return new HostTerminal(ui, protocol == GraphicsProtocol.Auto ? StandIn : StandIn with { Protocol = protocol }); }
        Require(ui is not null && !Console.IsOutputRedirected, "output goes to a file or a pipe, not to a terminal");
        Require(ui!.SupportsVirtualTerminal && Variable("TERM") != PlainTerminal, "this terminal, or the program around PowerShell, knows no escape sequences");
        Require(protocol != GraphicsProtocol.Kitty || !InTmux, "tmux does not pass kitty's graphics on; leave -Protocol out, which finds what it does show");
        var abilities = protocol == GraphicsProtocol.HalfBlock ? TerminalAbilities.None : Abilities();
        if (protocol == GraphicsProtocol.Auto) { protocol = abilities.Best; }
        if (protocol == GraphicsProtocol.HalfBlock)
        {
            var encoding = Console.OutputEncoding;
            Require(encoding.GetString(encoding.GetBytes(HalfBlocks.Characters)) == HalfBlocks.Characters,
                $"half blocks need a terminal in UTF-8, and this one is in {encoding.WebName}");
            Require(!IsPlainText(cmdlet), "half blocks need colours, and $PSStyle.OutputRendering is PlainText");
        }
        var window = ui.RawUI.WindowSize;
        return new HostTerminal(ui, new TerminalScreen(protocol, Math.Max(1, window.Width), Math.Max(1, window.Height), abilities.Cell));
    }

    private static bool InTmux => !string.IsNullOrEmpty(Variable("TMUX"));

    /// <summary>Asks once. tmux takes kitty's query for a window title, older Linux consoles print it.</summary>
    private static TerminalAbilities Abilities()
    {
        lock (s_lock)
        {
            if (s_abilities is not null) { return s_abilities; }
            string query = InTmux || Variable("TERM") is "linux" ? TerminalAbilities.QueryWithoutKitty : TerminalAbilities.Query;
            string? replies = ControllingTerminal.Ask(query, TerminalAbilities.IsComplete, s_patience);
            return replies is null ? TerminalAbilities.None : s_abilities = TerminalAbilities.Parse(replies);
        }
    }

    private static bool IsPlainText(PSCmdlet cmdlet) =>
        PSObject.AsPSObject(cmdlet.SessionState.PSVariable.GetValue("PSStyle", "")).Properties["OutputRendering"]?.Value?.ToString() == "PlainText";

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    private static void Require(bool fits, string problem)
    {
        if (!fits)
        {
            throw new McdmException("TerminalCannotShow", ErrorKind.NotSupported,
                $"No picture can be shown here, because {problem}; Save-McdmImage writes pictures to files.");
        }
    }
}
