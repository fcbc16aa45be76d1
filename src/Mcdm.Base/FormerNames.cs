namespace Mcdm;

/// <summary>
/// The full names that public types had before they moved, which scripts and saved objects may have: PowerShell finds a type by them as by its own.
/// </summary>
public static class FormerNames
{
    /// <summary>The namespaces whose types lay elsewhere before, with where that was.</summary>
    private static readonly Dictionary<string, string[]> s_former = new()
    {
        ["Mcdm.Display.Gallery"] = ["Mcdm.Gallery"],
        ["Mcdm.Display.Plots"] = ["Mcdm.Plots"],
        ["Mcdm.Display.Sheets"] = ["Mcdm.Sheets"],
        ["Mcdm.Display.Terminal"] = ["Mcdm.Terminal"],
        ["Mcdm.Evaluation"] = ["Mcdm.Networks"],
        ["Mcdm.Families"] = ["Mcdm.Formats.Import"],
        ["Mcdm.Families.Own.Experts"] = ["Mcdm.Experts"],
        ["Mcdm.Families.Own.Files"] = ["Mcdm.Formats"],
        ["Mcdm.Families.Own.Networks"] = ["Mcdm.Networks"],
        ["Mcdm.Files"] = ["Mcdm.Imaging", "Mcdm.Runtime"],
        ["Mcdm.Imaging.Drawing"] = ["Mcdm.Imaging"],
        ["Mcdm.Imaging.Files"] = ["Mcdm.Imaging"],
        ["Mcdm.Imaging.Lines"] = ["Mcdm.Imaging"],
        ["Mcdm.Modalities.LowResolution"] = ["Mcdm.Modalities"],
        ["Mcdm.Modalities.Pictures"] = ["Mcdm.Modalities"],
        ["Mcdm.Modalities.Segment"] = ["Mcdm.Modalities"],
        ["Mcdm.Modalities.Sketch"] = ["Mcdm.Modalities"],
        ["Mcdm.Modalities.Text"] = ["Mcdm.Modalities"],
        ["Mcdm.PowerShell.Binding"] = ["Mcdm.PowerShell"],
        ["Mcdm.PowerShell.Completion"] = ["Mcdm.PowerShell"],
        ["Mcdm.PowerShell.Hosting"] = ["Mcdm.PowerShell"],
        ["Mcdm.PowerShell.Serialization"] = ["Mcdm.PowerShell"],
        ["Mcdm.Registries"] = ["Mcdm.Formats.Import"],
        ["Mcdm.Runs"] = ["Mcdm.Generation", "Mcdm.Generation.Runs"],
        ["Mcdm.Runtime"] = ["Mcdm.Imaging"],
        ["Mcdm.Sampling"] = ["Mcdm.Generation"],
        ["Mcdm.Weights"] = ["Mcdm.Formats", "Mcdm.Formats.Weights"],
        ["Mcdm.Weights.Hub"] = ["Mcdm.Formats.Hub"],
        ["Mcdm.Weights.PyTorch"] = ["Mcdm.Formats.Weights"],
        ["Mcdm.Weights.Reading"] = ["Mcdm.Formats.Weights"],
    };

    /// <summary>Types that were called otherwise.</summary>
    private static readonly Dictionary<string, string> s_renamed = new()
    {
        ["Adherence"] = "Obedience",
        ["IObservation"] = "ISight",
        ["EncoderFingerprint"] = "EncoderPrint",
        ["SerializedObject"] = "Travel",
        ["SerializedObjectConverter"] = "TravelConverter",
        ["DeserializedAttribute"] = "TravelledAttribute",
    };

    /// <summary>The full names that a type may have had.</summary>
    public static IEnumerable<string> Of(Type type)
    {
        string space = type.Namespace ?? "", name = s_renamed.GetValueOrDefault(type.Name, type.Name);
        return s_former.GetValueOrDefault(space, []).Append(space).Select(former => $"{former}.{name}").Where(full => full != type.FullName);
    }
}
