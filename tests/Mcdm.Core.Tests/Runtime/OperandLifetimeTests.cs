using System.Reflection;
using TorchSharp;
using Xunit;

namespace Mcdm.Core.Tests.Runtime;

/// <summary>The TorchSharp that is loaded is the copy that build/KeepOperandsAlive.cs makes.</summary>
public sealed class OperandLifetimeTests
{
    private const byte Call = 0x28, Return = 0x2a;
    private static readonly MethodInfo KeepAlive = typeof(GC).GetMethod(nameof(GC.KeepAlive))!;
    private static readonly Type[] Operands = [typeof(Scalar), typeof(torch.Tensor), typeof(torch.Generator), typeof(torch.Tensor[]), typeof(IEnumerable<torch.Tensor>)];

    private static IEnumerable<MethodInfo> Methods(Type type) =>
        type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(method => method.GetMethodBody() is not null);

    [Fact]
    public void Every_method_that_is_given_a_number_or_a_tensor_keeps_it_alive_until_it_returns()
    {
        var methods = typeof(Scalar).Assembly.GetTypes().SelectMany(Methods)
            .Where(method => method.GetParameters().Any(parameter => Operands.Contains(parameter.ParameterType)))
            .Concat(Methods(typeof(torch.Tensor)).Where(method => !method.IsStatic))
            .ToList();
        Assert.True(methods.Count > 2000, $"{methods.Count} methods");
        Assert.All(methods, method =>
        {
            // … call GC.KeepAlive, ret
            byte[] code = method.GetMethodBody()!.GetILAsByteArray()!;
            if (EndsInThrow(code)) { return; }
            Assert.Equal((Call, Return), (code[^6], code[^1]));
            Assert.Equal(KeepAlive, method.Module.ResolveMethod(BitConverter.ToInt32(code, code.Length - 5)));
        });
    }

    /// <summary>Such a method returns nothing at its end.</summary>
    private static bool EndsInThrow(byte[] code) => code[^1] == 0x7a;
}
