using System.Management.Automation;
using Mcdm.PowerShell.Serialization;
using Mcdm.Tables;

namespace Mcdm.PowerShell.Binding;

/// <summary>
/// Lets a parameter take numbers as <see cref="ValueText"/> reads them: without it, the engine takes 0,5 for 5 and 1.5 for 2. Every parameter of
/// numbers has it.
/// </summary>
/// <param name="type">The parameter's type without its null: a number, or an array of numbers.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public class NumberAttribute(Type type) : ArgumentTransformationAttribute
{
    /// <summary>The parameter's type without its null.</summary>
    internal Type Type { get; } = type;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? given = Wrapper.Without(inputData);
        if (!Type.IsArray) { return Read(given, Type); }
        object?[] items = given is Array several ? several.Cast<object?>().ToArray() : [given];
        var values = Array.CreateInstance(Type.GetElementType()!, items.Length);
        for (int i = 0; i < items.Length; i++) { values.SetValue(Read(items[i], Type.GetElementType()!), i); }
        return values;
    }

    private static object Read(object? given, Type type) =>
        ValueText.Read(Wrapper.Without(given), type) ?? throw new ArgumentTransformationMetadataException(ValueText.Problem(given, type));
}
