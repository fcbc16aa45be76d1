using System.Reflection;
using TorchSharp;
using Xunit;

namespace Mcdm.Core.Tests.Runtime;

/// <summary>The TorchSharp that is loaded is the copy that build/KeepScalarsAlive.cs makes.</summary>
public sealed class ScalarLifetimeTests
{
    private const byte Call = 0x28, Return = 0x2a;
    private static readonly MethodInfo KeepAlive = typeof(GC).GetMethod(nameof(GC.KeepAlive))!;

    [Fact]
    public void Every_method_that_is_given_a_number_keeps_it_alive_until_it_returns()
    {
        var methods = typeof(Scalar).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => method.GetParameters().Any(parameter => parameter.ParameterType == typeof(Scalar)) && method.GetMethodBody() is not null)
            .ToList();
        Assert.True(methods.Count > 100, $"{methods.Count} methods");
        Assert.All(methods, method =>
        {
            // … call GC.KeepAlive, ret
            byte[] code = method.GetMethodBody()!.GetILAsByteArray()!;
            Assert.Equal((Call, Return), (code[^6], code[^1]));
            Assert.Equal(KeepAlive, method.Module.ResolveMethod(BitConverter.ToInt32(code, code.Length - 5)));
        });
    }
}
