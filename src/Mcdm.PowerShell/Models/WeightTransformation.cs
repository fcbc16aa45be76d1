using System.Management.Automation;
using Mcdm.Experts;
using Mcdm.Families.Own.Files;

namespace Mcdm.PowerShell;

/// <summary>
/// Lets a parameter that takes calibrated weights take a model, its name or its folder, for the weights that are saved with it. A number is, as
/// everywhere, by what conditions count.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class WeightTransformationAttribute : ItemTransformationAttribute
{
    /// <summary>Whether there are conditions that a number could be the weight of.</summary>
    public bool TakesNumbers { get; init; }

    /// <inheritdoc/>
    protected override object Convert(object item, Func<string, string> resolve) => item switch
    {
        Model model => Found(model.Calibration, model.Name),
        WeightCalibration => item,
        string name when ModelLibrary.FindLoaded(name) is { } loaded => Found(loaded.Calibration, name),
        _ when CellText.Read(item, typeof(double)) is double number => TakesNumbers ? number
            : throw new McdmException("WeightIsNumber", ErrorKind.InvalidArgument, FormattableString.Invariant($"-Weight {number} is the weight of a condition, for New-McdmCondition and Invoke-McdmSample; here -Weight takes calibrated weights of Optimize-McdmWeight, or a model that has some.")),
        string name => Found(ModelPack.ReadCalibration(ModelLibrary.FolderOf(name) ?? resolve(name)), name),
        _ => throw new PSInvalidCastException($"'{item}' is neither a number nor calibrated weights, nor a model that has some."),
    };

    private static WeightCalibration Found(WeightCalibration? weights, string model) => weights
        ?? throw new McdmException("ModelUncalibrated", ErrorKind.NotFound, $"Model '{model}' has no calibrated weights; fit them with Optimize-McdmWeight.");
}
