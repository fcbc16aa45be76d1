using System.Management.Automation;

namespace Mcdm.PowerShell.Serialization;

/// <summary>
/// Lets the engine make objects of what came of them through jobs, remoting and Import-Clixml, wherever it converts: while it reads, and at parameters.
/// </summary>
public class SerializedObjectConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) => sourceValue is PSObject record && SerializedObject.IsForeign(record);

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase)
    {
        try
        {
            object restored = SerializedObject.Restore((PSObject)sourceValue);
            return destinationType.IsInstanceOfType(restored) ? restored
                : throw new PSInvalidCastException($"It is no {destinationType.Name}.");
        }
        catch (McdmException e)
        {
            throw new PSInvalidCastException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new NotSupportedException();
}
