using System.Management.Automation;
using System.Reflection;
using Mcdm.Datasets;
using Mcdm.Diffusion.Composition;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Runs;
using Mcdm.Sampling;
using Mcdm.Training;

namespace Mcdm.PowerShell.Serialization;

/// <summary>
/// How objects pass through jobs, remoting and Export-Clixml: what is written is one property with all of the object, beside a few that
/// people read, and where the module is loaded the object itself comes back (Mcdm.Types.ps1xml says so to the engine). Where it was not loaded yet, the
/// parameters that take the object make it of what came.
/// </summary>
public static class SerializedObject
{
    private const string Whole = "Whole", Deserialized = "Deserialized.", Ours = Deserialized + "Mcdm.";

    /// <summary>The types of objects that are written and read.</summary>
    private static readonly Type[] s_types =
    [
        typeof(Picture), typeof(Condition), typeof(McdmImage), typeof(Recipe), typeof(ImageMeasurement), typeof(SetMeasurement), typeof(ConditionAttribution),
        typeof(PictureDataset), typeof(TrainingResult), typeof(RunMeasurement), typeof(VarianceTable),
    ];

    /// <summary>The engine's own way to hide a member; where there is none, sessions over SSH refuse what they are given.</summary>
    private static readonly MethodInfo? s_setHidden = typeof(PSMemberInfo)
        .GetProperty("IsHidden", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)?.GetSetMethod(nonPublic: true);

    /// <summary>
    /// An object with all of it as a hidden property of its own. Sessions over SSH know no type data but PowerShell's, and what
    /// they are given would come without.
    /// </summary>
    /// <param name="value">An object that a cmdlet hands on; one of another type stays as it is.</param>
    internal static object? Pack(object? value)
    {
        object? bare = Wrapper.Without(value);
        if (s_setHidden is null || bare is null || !s_types.Contains(bare.GetType())) { return value; }
        foreach (object? inner in Inside(bare)) { Pack(inner); }
        var packed = PSObject.AsPSObject(bare);
        if (packed.Members[Whole] is not { IsInstance: true })
        {
            var whole = new PSCodeProperty(Whole, typeof(SerializedObject).GetMethod(nameof(GetWhole)));
            AddHidden(packed, whole);
        }
        return packed;
    }

    /// <summary>Adds a member that is read by its name alone; not where members cannot be hidden.</summary>
    internal static void AddHidden(PSObject value, PSMemberInfo member)
    {
        if (s_setHidden is null) { return; }
        s_setHidden.Invoke(member, [true]);
        value.Members.Add(member, preValidated: true);
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

    /// <summary>All of an object; the engine calls it when it writes one.</summary>
    /// <param name="instance">The object.</param>
    public static byte[] GetWhole(PSObject instance) => SerializedBytes.Write(instance.BaseObject);

    /// <summary>The pixels of a picture, for scripts that ask for them by name.</summary>
    /// <param name="instance">The picture.</param>
    public static byte[] GetRgba(PSObject instance) => ((Picture)instance.BaseObject).GetRgba();

    /// <summary>Whether an object is what came of one of the module's where the module was not loaded, or is one that cannot come.</summary>
    internal static bool IsForeign(PSObject record) =>
        record.TypeNames.Count > 0 && record.TypeNames[0].StartsWith(Ours, StringComparison.Ordinal)
            && record.TypeNames[0] != Deserialized + JobRecord.TypeName;

    /// <summary>The object that a foreign record was.</summary>
    /// <exception cref="McdmException"><c>CannotTravel</c>: it is of another type; or it is damaged, or names what is not here.</exception>
    internal static object Restore(PSObject record)
    {
        string name = record.TypeNames[0][Deserialized.Length..];
        if (name == typeof(SavedFile).FullName || name == SavedFile.FormerTypeName) { return SavedFile.Restore(record); }
        if (name == typeof(Model).FullName)
        {
            string? path = record.Properties[nameof(Model.Path)]?.Value as string;
            throw new McdmException("CannotTravel", ErrorKind.NotSupported,
                $"Model '{record.Properties[nameof(Model.Name)]?.Value}' was loaded in another session, and a loaded model does not travel; " +
                $"import it in this one{(path is null ? "" : $": Import-McdmModel '{path}'")}.");
        }
        return Array.Find(s_types, type => type.FullName == name || FormerNames.Of(type).Contains(name)) is { } type
            && record.Properties[Whole]?.Value is { } whole && LanguagePrimitives.TryConvertTo(whole, out byte[] bytes)
            ? Packed(SerializedBytes.Read(bytes, type))
            : throw new McdmException("CannotTravel", ErrorKind.NotSupported,
                $"The {name.Split('.')[^1]} came from another session, or from a file, without what it is made of; make it again in this session.");
    }
}
