using Mcdm.PowerShell.Tests.Architecture.Samples.Used;

namespace Mcdm.PowerShell.Tests.Architecture
{
    public class AssemblyUsesTests
    {
        private const string Samples = "Mcdm.PowerShell.Tests.Architecture.Samples.", Used = Samples + "Used";
        private static readonly Lazy<ReferenceGraph> s_uses = new(() => AssemblyUses.Of(typeof(AssemblyUsesTests).Assembly.Location));

        [Theory]
        [InlineData("ByBase")]
        [InlineData("ByInterface")]
        [InlineData("ByConstraint")]
        [InlineData("ByField")]
        [InlineData("ByProperty")]
        [InlineData("ByParameter")]
        [InlineData("ByTypeArgument")]
        [InlineData("ByCall")]
        [InlineData("ByTypeArgumentOfCall")]
        [InlineData("ByCatch")]
        [InlineData("ByTypeOf")]
        [InlineData("ByLambda")]
        [InlineData("ByIterator")]
        public void Each_kind_of_use_is_seen(string sample) => Assert.True(s_uses.Value.Has(Samples + sample, Used));

        [Fact]
        public void Attributes_are_not_looked_at() => Assert.False(s_uses.Value.Has(Samples + "ByAttribute", Used));

        [Fact]
        public void A_use_is_told_by_the_types_outermost()
        {
            var uses = s_uses.Value;
            string[] cycle = [Samples + "TiedA", Samples + "TiedB"];
            Assert.Contains(cycle, uses.Cycles());
            Assert.Contains("TiedB (1): One uses Two", uses.Describe(cycle), StringComparison.Ordinal);
            Assert.Contains("TiedA (1): Two uses One", uses.Describe(cycle), StringComparison.Ordinal);
        }

        [Fact]
        public void References_to_other_assemblies_are_read() => Assert.Contains("Mono.Cecil", AssemblyUses.ReferencesOf(typeof(AssemblyUsesTests).Assembly.Location));
    }
}

namespace Mcdm.PowerShell.Tests.Architecture.Samples.Used
{
    internal interface IThing;

    internal class Thing : IThing
    {
        public static object Make() => "thing";
    }

    internal sealed class Trouble : Exception;

    [AttributeUsage(AttributeTargets.Class)]
    internal sealed class MarkAttribute : Attribute;
}

namespace Mcdm.PowerShell.Tests.Architecture.Samples.ByBase { internal sealed class One : Thing; }
namespace Mcdm.PowerShell.Tests.Architecture.Samples.ByInterface { internal sealed class One : IThing; }
namespace Mcdm.PowerShell.Tests.Architecture.Samples.ByConstraint { internal sealed class One<T> where T : Thing; }
#pragma warning disable CS0649 // A value would be a use of its own.
namespace Mcdm.PowerShell.Tests.Architecture.Samples.ByField { internal sealed class One { public Thing[]? Things; } }
#pragma warning restore CS0649
namespace Mcdm.PowerShell.Tests.Architecture.Samples.ByProperty { internal interface IOne { Thing Thing { get; } } }
namespace Mcdm.PowerShell.Tests.Architecture.Samples.ByParameter { internal interface IOne { void Take(ref Thing thing); } }
namespace Mcdm.PowerShell.Tests.Architecture.Samples.ByTypeArgument { internal interface IOne { IReadOnlyList<Dictionary<string, Thing>> Things { get; } } }
namespace Mcdm.PowerShell.Tests.Architecture.Samples.ByCall { internal sealed class One { public static object Make() => Thing.Make(); } }
namespace Mcdm.PowerShell.Tests.Architecture.Samples.ByTypeArgumentOfCall { internal sealed class One { public static object Find(object[] all) => all.OfType<Thing>(); } }
namespace Mcdm.PowerShell.Tests.Architecture.Samples.ByCatch { internal sealed class One { public static void Try(Action action) { try { action(); } catch (Trouble) { } } } }
namespace Mcdm.PowerShell.Tests.Architecture.Samples.ByTypeOf { internal sealed class One { public static object Kind => typeof(Thing); } }
namespace Mcdm.PowerShell.Tests.Architecture.Samples.ByLambda { internal sealed class One { public static Func<object> Maker(object start) => () => start ?? Thing.Make(); } }
namespace Mcdm.PowerShell.Tests.Architecture.Samples.ByIterator { internal sealed class One { public static IEnumerable<object> All() { yield return Thing.Make(); } } }
namespace Mcdm.PowerShell.Tests.Architecture.Samples.ByAttribute { [Mark] internal sealed class One; }

namespace Mcdm.PowerShell.Tests.Architecture.Samples.TiedA
{
    internal sealed class One
    {
        public interface IInner { TiedB.Two.IInner Other { get; } }
    }
}

namespace Mcdm.PowerShell.Tests.Architecture.Samples.TiedB
{
    internal sealed class Two
    {
        public interface IInner { TiedA.One.IInner Other { get; } }
    }
}
