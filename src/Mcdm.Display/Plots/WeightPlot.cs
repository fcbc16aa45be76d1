using Mcdm.Experts;
using Mcdm.Imaging;

namespace Mcdm.Display.Plots;

/// <summary>Draws calibrated weights over the noise level, a line an expert.</summary>
public static class WeightPlot
{
    /// <summary>Draws the weights of all modalities together.</summary>
    /// <param name="calibration">The weights.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    public static Picture Draw(WeightCalibration calibration, int width, int height)
    {
        int[] levels = calibration.Levels.Select(level => level.Level).ToArray();
        var plot = LevelPlot.Create(levels, $"{calibration.Model}: weights from {calibration.Pictures} pictures", "weight");
        foreach (var (expert, place) in calibration.Experts.Select((expert, place) => (expert, place)))
        {
            plot.AddExpertLine(levels, levels.Select(level => calibration.Weights[expert].At(level)).ToList(), expert, place);
        }
        plot.AddMark(1, "1: plain sum");
        return PlotPanel.Draw([plot], width, height);
    }
}
