using System.Management.Automation;
using Mcdm.Experts;
using Mcdm.Modalities;
using Mcdm.PowerShell.Serialization;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Binding;

/// <summary>
/// Lets the types of parameters be made of the texts and files that the parameters take, also where the engine knows the types alone: in Pester's mocks, in
/// proxies, in functions that have such parameters of their own.
/// </summary>
public sealed class ParameterConverter : SerializedObjectConverter
{
    private static readonly Dictionary<Type, ItemTransformationAttribute> s_transformations = new()
    {
        [typeof(Model)] = new ModelTransformationAttribute(),
        [typeof(Condition)] = new ConditionTransformationAttribute(),
        [typeof(Recipe)] = new RecipeTransformationAttribute(),
        [typeof(McdmImage)] = new ImageTransformationAttribute(),
    };

    private static readonly ScriptBlock s_engine = ScriptBlock.Create("$ExecutionContext");

    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        Wrapper.Without(sourceValue) is string or FileInfo or SavedFile || base.CanConvertFrom(sourceValue, destinationType);

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase)
    {
        if (base.CanConvertFrom(sourceValue, destinationType)) { return base.ConvertFrom(sourceValue, destinationType, formatProvider, ignoreCase); }
        try
        {
            var engine = (EngineIntrinsics)Wrapper.Without(s_engine.InvokeReturnAsIs())!;
            object made = s_transformations[destinationType].Transform(engine, sourceValue);
            return made is object[] and [var only] ? only : made;
        }
        catch (ArgumentTransformationMetadataException e)
        {
            throw new PSInvalidCastException(e.Message, e);
        }
    }
}
