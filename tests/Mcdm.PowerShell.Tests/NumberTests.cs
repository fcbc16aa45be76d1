using System.Management.Automation;
using System.Reflection;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Commands;
using Mcdm.PowerShell.Hosting;

namespace Mcdm.PowerShell.Tests;

/// <summary>Numbers as parameters take them.</summary>
public sealed class NumberTests
{
    [Fact]
    public void A_wrapped_value_is_read() =>
        Assert.Equal(7, new NumberAttribute(typeof(int)).Transform(null!, new PSObject((object)7)));

    [Fact]
    public void Every_parameter_of_numbers_reads_them_in_one_way()
    {
        using var sample = new InvokeMcdmSample();
        var columns = ((RuntimeDefinedParameterDictionary)sample.GetDynamicParameters()).Values
            .Select(parameter => (Type: parameter.ParameterType, Attributes: (IEnumerable<Attribute>)parameter.Attributes));
        var numbers = typeof(McdmCmdlet).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Cmdlet)))
            .SelectMany(type => type.GetProperties()).Where(property => property.GetCustomAttributes<ParameterAttribute>().Any())
            .Select(property => (Type: property.PropertyType, Attributes: property.GetCustomAttributes()))
            .Concat(columns)
            .Select(one => (Type: Nullable.GetUnderlyingType(one.Type) ?? one.Type, one.Attributes))
            .Where(one => (one.Type.GetElementType() ?? one.Type) is { IsPrimitive: true } type && type != typeof(bool) && type != typeof(char)).ToList();
        Assert.InRange(numbers.Count, 40, 200);
        Assert.All(numbers, one => Assert.Equal(one.Type, one.Attributes.OfType<NumberAttribute>().SingleOrDefault()?.Type));
        Assert.All(numbers, one => Assert.True(one.Attributes.Any(attribute => attribute is ArgumentCompleterAttribute or ValidateSetAttribute), $"{one.Type}: the engine offers files"));
    }
}
