using System.Management.Automation;
using System.Reflection;
using Mcdm.Diffusion.Samplers;

namespace Mcdm.PowerShell.Tests;

/// <summary>Numbers that users write and files hold.</summary>
public sealed class CellTextTests
{
    [Theory]
    [InlineData("7", 7L)]
    [InlineData("007", 7L)]
    [InlineData(" 5 ", 5L)]
    [InlineData("-1", -1L)]
    [InlineData("+2", 2L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("1e3", 1000L)]
    [InlineData("2.0", 2L)]
    [InlineData("0x10", 16L)]
    [InlineData("1KB", 1024L)]
    [InlineData(3, 3L)]
    [InlineData(4.0, 4L)]
    [InlineData("1.5", null)]
    [InlineData("1,5", null)]
    [InlineData("1,000", null)]
    [InlineData("1.000,0", null)]
    [InlineData("1.23457E+11", null)]
    [InlineData("9223372036854775808", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData("many", null)]
    [InlineData("", null)]
    [InlineData(1.5, null)]
    [InlineData(double.NaN, null)]
    [InlineData(1e300, null)]
    [InlineData(true, null)]
    [InlineData('1', null)]
    public void Whole_numbers(object given, object? expected) => Assert.Equal(expected, CellText.Read(given, typeof(long)));

    [Theory]
    [InlineData("0.5", 0.5)]
    [InlineData(" .5 ", 0.5)]
    [InlineData("-1e-3", -0.001)]
    [InlineData("1e39", 1e39)]
    [InlineData("0x10", 16.0)]
    [InlineData(2, 2.0)]
    [InlineData("0,5", null)]
    [InlineData("1,000", null)]
    [InlineData("1.000,5", null)]
    [InlineData("1,000.5", null)]
    [InlineData("50%", null)]
    [InlineData("½", null)]
    [InlineData("", null)]
    [InlineData(false, null)]
    public void Numbers(object given, object? expected) => Assert.Equal(expected, CellText.Read(given, typeof(double)));

    [Fact]
    public void Choices()
    {
        Assert.Equal(new Ddim(), CellText.Read("ddim", typeof(Sampler)));
        Assert.Equal(new Ddpm(), CellText.Read(" Ddpm ", typeof(Sampler)));
        Assert.Equal(new DpmSolver(), CellText.Read(new PSObject(new DpmSolver()), typeof(Sampler)));
        Assert.All<object>(["Ddpm,Ddim", "99", 99, "", "Ddi"], given => Assert.Null(CellText.Read(given, typeof(Sampler))));
        Assert.Null(CellText.Read(new Ddim(), typeof(long)));
    }

    [Fact]
    public void A_number_for_int_fits_into_one()
    {
        Assert.Equal(5, Assert.IsType<int>(CellText.Read("5", typeof(int))));
        Assert.Null(CellText.Read("4294967297", typeof(int)));
    }

    [Fact]
    public void An_error_shows_the_value_and_how_a_fraction_is_written()
    {
        Assert.Equal("'0,5' is not a number. Write a decimal point, as in 0.5, and no separators of thousands.", CellText.Problem("0,5", typeof(double)));
        Assert.Equal("'0,5' is not a number. Write a decimal point, as in 0.5, and no separators of thousands.", CellText.Problem(new object[] { 0, 5 }, typeof(double)));
        Assert.Equal("'1,000' is not a whole number. Write no separators of thousands.", CellText.Problem("1,000", typeof(int)));
        Assert.Equal("'1.5' is not a whole number.", CellText.Problem(1.5, typeof(long)));
    }

    [Fact]
    public void Every_parameter_of_numbers_reads_them_here()
    {
        var numbers = typeof(CellText).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Cmdlet)))
            .SelectMany(type => type.GetProperties()).Where(property => property.GetCustomAttributes<ParameterAttribute>().Any())
            .Select(property => (Property: property, Type: Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType))
            .Where(one => (one.Type.GetElementType() ?? one.Type) is { IsPrimitive: true } type && type != typeof(bool) && type != typeof(char)).ToList();
        Assert.InRange(numbers.Count, 40, 200);
        Assert.All(numbers, one => Assert.Equal(one.Type, one.Property.GetCustomAttribute<NumberAttribute>()?.Type));
    }
}
