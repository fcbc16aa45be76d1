namespace Mcdm.PowerShell.Tests.Architecture;

public class ReferenceGraphTests
{
    [Fact]
    public void A_house_without_cycles_has_none()
    {
        var graph = Graph("roof → wall", "roof → door", "wall → floor", "door → floor", "floor → floor");
        Assert.Empty(graph.Cycles());
    }

    [Fact]
    public void A_cycle_is_named_once_whatever_leads_to_it()
    {
        var graph = Graph("roof → wall", "wall → floor", "floor → door", "door → wall", "door → cellar");
        Assert.Equal(["door", "wall", "floor"], Assert.Single(graph.Cycles()));
    }

    [Fact]
    public void Every_use_on_a_cycle_is_in_one_that_is_named()
    {
        var graph = Graph("a → b", "b → a", "b → c", "c → a", "c → d", "d → c", "d → e");
        Assert.Equal(["a b", "c d", "a b c"], graph.Cycles().Select(cycle => string.Join(' ', cycle)));
    }

    [Fact]
    public void A_description_has_the_uses_of_every_edge()
    {
        var graph = Graph("a → b", "b → a");
        graph.Add("b", "a", "Window uses Air");
        graph.Add("b", "a", "Glass uses Sand");
        graph.Add("b", "a", "Frame uses Wood");
        string expected = """
            a → b → a
              a → b (1): a uses b
              b → a (4): Frame uses Wood; Glass uses Sand; Window uses Air; …
            """;
        Assert.Equal(expected.ReplaceLineEndings("\n"), graph.Describe(graph.Cycles()[0]));
    }

    private static ReferenceGraph Graph(params string[] uses)
    {
        var graph = new ReferenceGraph();
        foreach (string[] ends in uses.Select(use => use.Split(" → "))) { graph.Add(ends[0], ends[1], $"{ends[0]} uses {ends[1]}"); }
        return graph;
    }
}
