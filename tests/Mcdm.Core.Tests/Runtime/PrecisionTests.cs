using Mcdm.Runtime;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Runtime;

public sealed class PrecisionTests
{
    [Fact]
    public void Arithmetic_the_device_is_slow_in_is_computed_as_asked_with_a_warning()
    {
        var device = ComputeDevice.List()[0] with { Precisions = ["float32"], Description = "Old processor" };
        var warnings = new List<string>();
        Assert.Equal(ScalarType.BFloat16, Precision.BFloat16.On(device, warnings.Add));
        Assert.Contains("Old processor has no bfloat16", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(ScalarType.Float32, Precision.Auto.On(device, warnings.Add));
        Assert.Equal(ScalarType.BFloat16, Precision.BFloat16.On(device with { Precisions = ["float32", "bfloat16"] }, warnings.Add));
        Assert.Single(warnings);
    }
}
