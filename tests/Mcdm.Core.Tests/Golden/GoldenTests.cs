using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>What original programs computed on tiny models comes out here too, within the tolerances that their README states.</summary>
public sealed class GoldenTests
{
    private static readonly Dictionary<string, IGoldenKind> s_kinds = typeof(IGoldenKind).Assembly.GetTypes()
        .Where(type => type.IsClass && typeof(IGoldenKind).IsAssignableFrom(type))
        .Select(type => (IGoldenKind)Activator.CreateInstance(type)!)
        .SelectMany(kind => kind.Kinds.Select(name => (name, kind)))
        .ToDictionary(pair => pair.name, pair => pair.kind);

    public static TheoryData<GoldenName> Cases => [.. GoldenFolder.All.SelectMany(folder => folder.CasesById.Values).Where(golden => !GoldenToCome.Has(golden)).Select(golden => new GoldenName(golden))];

    [Fact]
    public void What_is_listed_as_to_come_is_not_built() => Assert.DoesNotContain(GoldenToCome.Kinds, s_kinds.ContainsKey);

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_original_programs_numbers_come_out(GoldenName name)
    {
        var golden = name.Read();
        Assert.True(s_kinds.TryGetValue(golden.Kind, out var kind), $"Nobody knows cases of the kind '{golden.Kind}'.");
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        kind!.Check(golden);
    }
}
