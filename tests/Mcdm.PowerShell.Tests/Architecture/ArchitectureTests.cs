namespace Mcdm.PowerShell.Tests.Architecture;

/// <summary>The house as it was compiled: what may use what.</summary>
public class ArchitectureTests
{
    /// <summary>Each of our assemblies with those that it may refer to: PowerShell → Display → Core → {Diffusion, Imaging} → Errors.</summary>
    private static readonly Dictionary<string, string[]> s_arrows = new()
    {
        ["Mcdm.PowerShell"] = ["Mcdm.Display", "Mcdm.Core", "Mcdm.Diffusion", "Mcdm.Imaging", "Mcdm.Base"],
        ["Mcdm.Display"] = ["Mcdm.Core", "Mcdm.Diffusion", "Mcdm.Imaging", "Mcdm.Base"],
        ["Mcdm.Core"] = ["Mcdm.Diffusion", "Mcdm.Imaging", "Mcdm.Base"],
        ["Mcdm.Diffusion"] = ["Mcdm.Base"],
        ["Mcdm.Imaging"] = ["Mcdm.Base"],
        ["Mcdm.Base"] = [],
        ["Mcdm.PowerShell.Loader"] = [],
    };

    [Fact]
    public void Assemblies_refer_along_the_arrows_alone()
    {
        var built = Directory.GetFiles(Path.GetDirectoryName(PathOf("Mcdm.Core"))!, "Mcdm.*.dll").ToDictionary(path => Path.GetFileNameWithoutExtension(path)!);
        Assert.Superset(new HashSet<string>(["Mcdm.Core", "Mcdm.PowerShell"]), built.Keys.ToHashSet());
        var against = from one in built
                      from reference in AssemblyUses.ReferencesOf(one.Value)
                      where reference.StartsWith("Mcdm.", StringComparison.Ordinal) && !s_arrows.GetValueOrDefault(one.Key, []).Contains(reference)
                      select $"{one.Key} refers to {reference}";
        Assert.Empty(against);
    }

    [Theory]
    [InlineData("Mcdm.PowerShell")]
    [InlineData("Mcdm.Display")]
    [InlineData("Mcdm.Core")]
    [InlineData("Mcdm.Diffusion")]
    [InlineData("Mcdm.Imaging")]
    public void Namespaces_of_an_assembly_form_no_cycle(string assembly)
    {
        var uses = AssemblyUses.Of(PathOf(assembly));
        var cycles = uses.Cycles();
        Assert.True(cycles.Count == 0, string.Join("\n\n", [$"{cycles.Count} cycles in {assembly}:", .. cycles.Select(uses.Describe)]));
    }

    private static string PathOf(string assembly) => Path.Combine(Checkout.Root, "module", "bin", $"{assembly}.dll");
}
