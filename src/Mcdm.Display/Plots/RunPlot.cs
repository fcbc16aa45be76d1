using Mcdm.Imaging;
using Mcdm.Runs;
using static System.FormattableString;

namespace Mcdm.Display.Plots;

/// <summary>Draws how the pictures of a run came over time, a line a host.</summary>
public static class RunPlot
{
    /// <summary>Room beside the lines, as a share of the axis.</summary>
    private const double Margin = 0.04;

    /// <summary>Draws a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <exception cref="McdmException"><c>NoPictures</c>: no log tells of one.</exception>
    public static Picture Draw(RunMeasurement run, int width, int height)
    {
        if (run.Hosts.All(host => host.Timeline.Count == 0))
        {
            throw new McdmException("NoPictures", ErrorKind.InvalidArgument,
                $"Nothing tells when the pictures of '{run.Path}' were made, so there is nothing to plot; processes that sample rows with -SkipExisting "
                + "keep logs that do.");
        }
        string title = run.Rows is { } rows ? Invariant($"{run.Done} of {rows} rows done, {run.Failed} failed") : Invariant($"{run.Pictures} pictures");
        var plot = PlotPanel.Create(title, "minutes", "pictures made");
        foreach (var (host, i) in run.Hosts.Where(host => host.Timeline.Count > 0).Select((host, i) => (host, i)))
        {
            plot.AddLine([.. host.Timeline.Select(point => point.Minute)], [.. host.Timeline.Select(point => (double)point.Pictures)], host.ToString(), i);
        }
        plot.Axes.Margins(Margin, Margin);
        return PlotPanel.Draw([plot], width, height);
    }
}
