namespace Mcdm.PowerShell.Tests.Architecture;

/// <summary>Which parts of a house use which, each with the uses that show it.</summary>
internal sealed class ReferenceGraph
{
    private const int UsesShown = 3;
    private readonly SortedDictionary<string, SortedDictionary<string, SortedSet<string>>> _uses = new(StringComparer.Ordinal);

    /// <summary>Notes a use. A part may use itself.</summary>
    /// <param name="from">The part that uses.</param>
    /// <param name="to">The part that is used.</param>
    /// <param name="use">What in one uses what in the other.</param>
    public void Add(string from, string to, string use)
    {
        if (from == to) { return; }
        if (!_uses.TryGetValue(from, out var targets)) { _uses[from] = targets = new(StringComparer.Ordinal); }
        if (!targets.TryGetValue(to, out var uses)) { targets[to] = uses = new(StringComparer.Ordinal); }
        uses.Add(use);
    }

    /// <summary>Each part with each that it uses directly.</summary>
    public IEnumerable<(string From, string To)> Arrows => from part in _uses from target in part.Value.Keys select (part.Key, target);

    /// <summary>Whether one part uses another directly.</summary>
    public bool Has(string from, string to) => _uses.TryGetValue(from, out var targets) && targets.ContainsKey(to);

    /// <summary>The cycles, shortest first: for every use that lies on one, a shortest through it. A graph without any has none.</summary>
    /// <returns>Each cycle's parts in the order of use, from the one whose name sorts first; the last uses the first.</returns>
    public IReadOnlyList<IReadOnlyList<string>> Cycles() =>
        (from part in _uses from target in part.Value.Keys select WayBack(target, part.Key)).OfType<List<string>>().Select(FromFirstName)
            .DistinctBy(cycle => string.Join('\n', cycle)).OrderBy(cycle => cycle.Count).ThenBy(cycle => string.Join('\n', cycle), StringComparer.Ordinal).ToList();

    /// <summary>A cycle for people: its parts, and under them the uses that make it.</summary>
    public string Describe(IReadOnlyList<string> cycle)
    {
        var edges = cycle.Zip([.. cycle.Skip(1), cycle[0]], (from, to) => (From: from, To: to, Uses: _uses[from][to]));
        var lines = edges.Select(edge => $"  {edge.From} → {edge.To} ({edge.Uses.Count}): {string.Join("; ", edge.Uses.Take(UsesShown))}{(edge.Uses.Count > UsesShown ? "; …" : "")}");
        return string.Join('\n', [string.Join(" → ", [.. cycle, cycle[0]]), .. lines]);
    }

    /// <summary>The parts of a shortest way along uses, both ends included; null where there is none.</summary>
    private List<string>? WayBack(string from, string to)
    {
        var cameFrom = new Dictionary<string, string?> { [from] = null };
        var open = new Queue<string>([from]);
        while (open.TryDequeue(out string? part))
        {
            if (part == to)
            {
                var way = new List<string>();
                for (string? at = part; at is not null; at = cameFrom[at]) { way.Insert(0, at); }
                return way;
            }
            if (!_uses.TryGetValue(part, out var targets)) { continue; }
            foreach (string target in targets.Keys.Where(target => cameFrom.TryAdd(target, part))) { open.Enqueue(target); }
        }
        return null;
    }

    private static List<string> FromFirstName(List<string> cycle)
    {
        int first = cycle.IndexOf(cycle.Min(StringComparer.Ordinal)!);
        return [.. cycle.Skip(first), .. cycle.Take(first)];
    }
}
