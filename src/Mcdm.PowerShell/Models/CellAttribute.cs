using System.Globalization;
using System.Management.Automation;

namespace Mcdm.PowerShell;

/// <summary>
/// Lets a nullable parameter take cells of a table: an empty one is null, and one that cannot be read is an error of its row
/// (without this, an empty one would be 0, and an unreadable one would be passed over in silence).
/// </summary>
/// <param name="type">The type without its null: a number or an enumeration.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class CellAttribute(Type type) : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? cell = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (cell is null || (cell is string text && string.IsNullOrWhiteSpace(text))) { return null; }
        return LanguagePrimitives.TryConvertTo(cell, type, CultureInfo.InvariantCulture, out object value)
            ? value
            : throw new ArgumentTransformationMetadataException($"'{cell}' is not {Kind}.");
    }

    private string Kind => type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}" : type == typeof(double) ? "a number" : "a whole number";
}
