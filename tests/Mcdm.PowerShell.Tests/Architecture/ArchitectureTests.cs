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
        var built = Directory.GetFiles(Path.GetDirectoryName(PathOf("Mcdm.Core"))!, "*.dll").ToDictionary(path => Path.GetFileNameWithoutExtension(path)!)
            .Where(one => one.Key.StartsWith("Mcdm.", StringComparison.Ordinal)).ToDictionary();
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

    /// <summary>A family is named by its own folder and by the registry; training may name the networks that it trains.</summary>
    [Fact]
    public void Nothing_names_a_family_but_its_line_in_the_registry()
    {
        const string families = "Mcdm.Families.", shared = families + "Shared", own = families + "Own";
        static string FamilyOf(string space) => space.StartsWith(families, StringComparison.Ordinal) ? space.Split('.')[2] : "";
        var uses = AssemblyUses.Of(PathOf("Mcdm.Core"));
        var wrong = from use in uses.Arrows
                    where FamilyOf(use.To).Length > 0 && use.To != shared && FamilyOf(use.From) != FamilyOf(use.To)
                    where use.From != "Mcdm.Registries" && !(use.From == "Mcdm.Training" && use.To.StartsWith(own, StringComparison.Ordinal))
                    select $"{use.From} names {use.To}";
        Assert.Empty(wrong);
    }

    private static string PathOf(string assembly) => Path.Combine(Checkout.Root, "module", "bin", $"{assembly}.dll");
}
