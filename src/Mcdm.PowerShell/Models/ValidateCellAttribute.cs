using System.Management.Automation;

namespace Mcdm.PowerShell;

/// <summary>As ValidateRange, for a nullable parameter that is a <see cref="CellAttribute"/>: what is not given needs no check.</summary>
/// <param name="least">Least value.</param>
/// <param name="most">Greatest value.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ValidateCellAttribute(long least, long most) : ValidateArgumentsAttribute
{
    /// <summary>What is wrong with a value; null where nothing is.</summary>
    internal string? Problem(object? value) =>
        value is not null && LanguagePrimitives.ConvertTo<long>(value) is var number && (number < least || number > most) ? $"{number} is out of range; it goes from {least} to {most}." : null;

    /// <inheritdoc/>
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        if (!CellAttribute.IsRecord && Problem(arguments) is { } problem) { throw new ValidationMetadataException(problem); }
    }
}
