using Mcdm.Diffusion.Samplers;
using Mcdm.Sampling.Jobs;
using Mcdm.Tables;
using Xunit;

namespace Mcdm.Core.Tests.Tables;

/// <summary>Numbers that users write and files hold.</summary>
public sealed class ValueTextTests
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
    public void Whole_numbers(object given, object? expected) => Assert.Equal(expected, ValueText.Read(given, typeof(long)));

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
    public void Numbers(object given, object? expected) => Assert.Equal(expected, ValueText.Read(given, typeof(double)));

    [Fact]
    public void Choices()
    {
        Assert.Equal(new Ddim(), JobColumns.Sampler.Parse("ddim"));
        Assert.Equal(new Ddpm(), JobColumns.Sampler.Parse(" Ddpm "));
        Assert.Equal(new DpmSolver(), JobColumns.Sampler.Parse(new DpmSolver()));
        Assert.All<object>(["Ddpm,Ddim", "99", 99, "", "Ddi"], given => Assert.Null(JobColumns.Sampler.Parse(given)));
        Assert.Null(ValueText.Read(new Ddim(), typeof(long)));
        Assert.Equal("'99' is not one of DpmSolver, Ddim, Ddpm, Euler, EulerAncestral, DpmSolverSde, Heun, UniPc, DpmSolver3, DpmSolver3Sde, DpmSolver2S, Dpm2, Dpm2Ancestral, Deis, Lms, Pndm, Lcm, Tcd.", JobColumns.Sampler.Problem(99));
    }

    [Fact]
    public void A_number_for_int_fits_into_one()
    {
        Assert.Equal(5, Assert.IsType<int>(ValueText.Read("5", typeof(int))));
        Assert.Null(ValueText.Read("4294967297", typeof(int)));
    }

    [Fact]
    public void An_error_shows_the_value_and_how_a_fraction_is_written()
    {
        Assert.Equal("'0,5' is not a number. Write a decimal point, as in 0.5, and no separators of thousands.", ValueText.Problem("0,5", typeof(double)));
        Assert.Equal("'0,5' is not a number. Write a decimal point, as in 0.5, and no separators of thousands.", ValueText.Problem(new object[] { 0, 5 }, typeof(double)));
        Assert.Equal("'1,000' is not a whole number. Write no separators of thousands.", ValueText.Problem("1,000", typeof(int)));
        Assert.Equal("'1.5' is not a whole number.", ValueText.Problem(1.5, typeof(long)));
    }
}
