using Mcdm.Experts;
using Mcdm.Formats;

namespace Mcdm.PowerShell;

/// <summary>Lets a parameter that takes calibrated weights take a model, its name or its folder, for the weights that are saved with it.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class WeightTransformationAttribute : ItemTransformationAttribute
{
    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) => item switch
    {
        Model model => Found(model.Calibration, model.Name),
        string name when ModelLibrary.FindLoaded(name) is { } loaded => Found(loaded.Calibration, name),
        string name => Found(ModelPack.ReadCalibration(ModelLibrary.FolderOf(name) ?? resolve(name)), name),
        _ => item,
    };

    private static WeightCalibration Found(WeightCalibration? weights, string model) => weights
        ?? throw new McdmException("ModelUncalibrated", ErrorKind.NotFound, $"Model '{model}' has no calibrated weights; fit them with Optimize-McdmWeight.");
}
