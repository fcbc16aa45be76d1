using System.Diagnostics;
using System.Management.Automation;
using Mcdm.Display.Terminal;
using Mcdm.Imaging;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Hosting;

/// <summary>
/// Shows a batch in the terminal as it is guessed to become: at most four times a second, in one place. The last guess is the
/// batch itself and stays; whatever is unfinished when this is disposed is taken off the screen.
/// </summary>
internal sealed class SamplingPreview : IDisposable
{
    private const int KittyId = 27182, LeastColumns = 8;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly HostTerminal _terminal;
    private Stopwatch? _sinceDrawn;
    private TerminalDrawing? _onScreen;

    private SamplingPreview(HostTerminal terminal) => _terminal = terminal;

    /// <summary>The preview in a cmdlet's terminal; null, with a verbose line that says why, where there is none that could show it.</summary>
    public static SamplingPreview? Start(PSCmdlet cmdlet)
    {
        try
        {
            return new SamplingPreview(HostTerminal.Of(cmdlet, GraphicsProtocol.Auto));
        }
        catch (McdmException e)
        {
            cmdlet.WriteVerbose($"No preview: {e.Message}");
            return null;
        }
    }

    /// <summary>Shows the guess of a step, where it is time to.</summary>
    public void Show(GenerationPreview guess)
    {
        if (!guess.IsLast && _sinceDrawn?.Elapsed < s_interval) { return; }
        var drawing = Draw(guess.Pictures(), isLast: guess.IsLast);
        string toStart = _onScreen is not { } before ? "" : guess.IsLast ? Erase(before) : before.GoBack;
        _terminal.Write(toStart + drawing.Text);
        _onScreen = guess.IsLast ? null : drawing;
        _sinceDrawn = Stopwatch.StartNew();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_onScreen is { } unfinished) { _terminal.Write(Erase(unfinished)); }
        _onScreen = null;
    }

    /// <summary>All of the batch side by side, or the first of it that fit.</summary>
    private TerminalDrawing Draw(IReadOnlyList<Picture> pictures, bool isLast)
    {
        var screen = _terminal.Screen;
        int most = Math.Min(pictures.Count, screen.CountInRow(LeastColumns));
        int share = (screen.Columns + TerminalScreen.Gap) / most - TerminalScreen.Gap;
        int columns = Math.Max(1, Math.Min(share, screen.Fit(pictures[0], null)));
        return screen.Draw([.. pictures.Take(most).Select(picture => (picture, columns))], isLast ? null : KittyId);
    }

    /// <summary>
    /// Takes a drawing off the screen. A guess is drawn over the one before without, lest it flicker; kitty replaces what has the same number.
    /// </summary>
    private string Erase(TerminalDrawing drawing) =>
        (_terminal.Screen.Protocol == GraphicsProtocol.Kitty ? KittyGraphics.Delete(KittyId) : "") + drawing.Erase;
}
