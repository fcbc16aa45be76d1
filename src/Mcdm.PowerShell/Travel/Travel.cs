using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Mcdm.Datasets;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Generation;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Training;

namespace Mcdm.PowerShell;

/// <summary>
/// How objects pass through jobs, remoting and Export-Clixml: what is written is one property with all of the object, beside a few that
/// people read, and where the module is loaded the object itself comes back. Where it was not loaded yet, the parameters that take the object make it of what came.
/// </summary>
public static class Travel
{
    private const string Whole = "Whole", Pixels = "Rgba", Deserialized = "Deserialized.", Ours = Deserialized + "Mcdm.";

    /// <summary>The types that travel, and what of them can be read where the module is not loaded.</summary>
    private static readonly Dictionary<Type, string[]> s_travellers = new()
    {
        [typeof(Picture)] = ["Width", "Height"],
        [typeof(Condition)] = ["Modality", "Weight", "Value", "Schedule", "Region"],
        [typeof(McdmImage)] = ["FileName", "Seed", "Size", "Seconds", "Conditions"],
        [typeof(Recipe)] = ["Model", "Seed", "Sampler", "Steps", "Precision", "Conditions"],
        [typeof(ImageMeasurement)] = ["Name", "Path", "Seed", "Text", "Segment", "Sketch", "Chamfer", "LowResolution", "Grain", "FlatShare", "NotObeyed"],
        [typeof(SetMeasurement)] = ["Pictures", "Text", "Segment", "Sketch", "Chamfer", "LowResolution", "Grain", "FlatShare", "Diversity", "Reference", "Fid", "Kid", "Precision", "Recall"],
        [typeof(ConditionAttribution)] = ["FileName", "Modality", "Change", "Condition"],
        [typeof(WeightCalibration)] = ["Model", "Pictures", "Ridge"],
        [typeof(PictureDataset)] = ["Folders", "Pictures", "Sketches", "Masks", "Captioned", "Labelled"],
        [typeof(TrainingResult)] = ["Expert", "Step", "Steps", "PicturesSeen", "Loss", "Duration", "OutputPath"],
    };

    /// <summary>Types whose memory is native: of them only a note travels.</summary>
    private static readonly Dictionary<Type, string[]> s_staying = new()
    {
        [typeof(Model)] = ["Name", "Path", "Size", "Precision"],
        [typeof(Expert)] = ["Name", "Size", "Prediction"],
    };

    /// <summary>What the module tells the engine while it is loaded.</summary>
    public static IReadOnlyList<TypeData> TypeData { get; } =
    [
        .. s_travellers.SelectMany(type => new[]
        {
            new TypeData(type.Key.FullName)
            {
                Members = { [Whole] = new CodePropertyData(Whole, typeof(Travel).GetMethod(nameof(GetWhole))) { IsHidden = true } },
                TypeConverter = typeof(TravelConverter),
                SerializationMethod = "SpecificProperties",
                PropertySerializationSet = new PropertySetData([Whole, .. type.Value]),
            },
            new TypeData(Deserialized + type.Key.FullName) { TargetTypeForDeserialization = type.Key },
        }),
        new TypeData(typeof(Picture).FullName) { Members = { [Pixels] = new CodePropertyData(Pixels, typeof(Travel).GetMethod(nameof(GetRgba))) { IsHidden = true } } },
        .. s_staying.Select(type => new TypeData(type.Key.FullName) { SerializationMethod = "SpecificProperties", PropertySerializationSet = new PropertySetData(type.Value) }),
        new TypeData(Deserialized + SavedFile.TypeName) { TargetTypeForDeserialization = typeof(SavedFile) },
        new TypeData(typeof(SavedFile).FullName) { TypeConverter = typeof(TravelConverter) },
        new TypeData(SavedFile.TypeName) { SerializationMethod = "SpecificProperties", PropertySerializationSet = new PropertySetData(SavedFile.Properties) },
    ];

    /// <summary>
    /// An object with all of it as a hidden property of its own. Sessions over SSH know no type data but PowerShell's, and what
    /// they are given would come without.
    /// </summary>
    /// <param name="value">An object that a cmdlet hands on; others than those that travel stay as they are.</param>
    internal static object? Pack(object? value)
    {
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (s_setHidden is null || bare is null || !s_travellers.ContainsKey(bare.GetType())) { return value; }
        foreach (object? inner in Inside(bare)) { Pack(inner); }
        var packed = PSObject.AsPSObject(bare);
        if (packed.Members[Whole] is not { IsInstance: true })
        {
            var whole = new PSCodeProperty(Whole, typeof(Travel).GetMethod(nameof(GetWhole)));
            s_setHidden.Invoke(whole, [true]);
            packed.Members.Add(whole, preValidated: true);
        }
        return packed;
    }

    private static object Packed(object value)
    {
        Pack(value);
        return value;
    }

    private static IEnumerable<object?> Inside(object value) => value switch
    {
        McdmImage image => [image.Recipe, image.Picture],
        Condition condition => [condition.Picture, condition.Region],
        ConditionAttribution attribution => [attribution.Picture, attribution.LeftOut, attribution.HeatMap],
        _ => [],
    };

    /// <summary>The engine's own way to hide a member; where there is none, arguments of sessions over SSH are refused there.</summary>
    private static readonly MethodInfo? s_setHidden = typeof(PSMemberInfo).GetProperty("IsHidden", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)?.GetSetMethod(nonPublic: true);

    /// <summary>All of an object; the engine calls it when it writes one.</summary>
    /// <param name="instance">The object.</param>
    public static byte[] GetWhole(PSObject instance) => TravelJson.Write(instance.BaseObject);

    /// <summary>The pixels of a picture, for scripts that ask for them by name.</summary>
    /// <param name="instance">The picture.</param>
    public static byte[] GetRgba(PSObject instance) => ((Picture)instance.BaseObject).GetRgba();

    /// <summary>Whether an object is what came of one of the module's where the module was not loaded, or is one that cannot come.</summary>
    internal static bool IsForeign(PSObject record) => record.TypeNames.Count > 0 && record.TypeNames[0].StartsWith(Ours, StringComparison.Ordinal) && record.TypeNames[0] != Deserialized + Commands.ImportMcdmJob.TypeName;

    /// <summary>The object that a foreign record was.</summary>
    /// <exception cref="McdmException"><c>CannotTravel</c>: it is none that travels; or it is damaged, or names what is not here.</exception>
    internal static object Restore(PSObject record)
    {
        string name = record.TypeNames[0][Deserialized.Length..];
        if (name == SavedFile.TypeName) { return SavedFile.Restore(record).BaseObject; }
        if (name == typeof(Model).FullName)
        {
            string? path = record.Properties[nameof(Model.Path)]?.Value as string;
            throw new McdmException("CannotTravel", ErrorKind.NotSupported,
                $"Model '{record.Properties[nameof(Model.Name)]?.Value}' was loaded in another session, and a loaded model does not travel; import it in this one{(path is null ? "" : $": Import-McdmModel '{path}'")}.");
        }
        return s_travellers.Keys.FirstOrDefault(type => type.FullName == name) is { } type && record.Properties[Whole]?.Value is { } whole && LanguagePrimitives.TryConvertTo(whole, out byte[] bytes)
            ? Packed(TravelJson.Read(bytes, type))
            : throw new McdmException("CannotTravel", ErrorKind.NotSupported, $"The {name.Split('.')[^1]} came from another session, or from a file, without what it is made of; make it again in this session.");
    }
}
