using System.Management.Automation;

namespace Mcdm.PowerShell;

/// <summary>As ValidateRange, for a nullable parameter: what is not given needs no check.</summary>
/// <param name="least">Least value.</param>
/// <param name="most">Greatest value.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ValidateCellAttribute(long least, long most) : ValidateArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics) => Check(arguments);

    /// <summary>The check itself.</summary>
    /// <exception cref="ValidationMetadataException">The value is out of range.</exception>
    public void Check(object? arguments)
    {
        if (arguments is not null && LanguagePrimitives.ConvertTo<long>(arguments) is var value && (value < least || value > most))
        {
            throw new ValidationMetadataException($"{value} is out of range; it goes from {least} to {most}.");
        }
    }
}
