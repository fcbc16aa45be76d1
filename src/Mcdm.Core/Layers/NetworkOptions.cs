namespace Mcdm.Layers;

/// <summary>
/// The shape of a network. What can be set are the keys of its program's configurations (<c>InChannels</c> is <c>in_channels</c>), with that program's
/// defaults.
/// </summary>
internal abstract record NetworkOptions
{
    /// <summary>What its program calls the network.</summary>
    public abstract string ClassName { get; }

    /// <summary>What must hold of the values, the first first.</summary>
    public abstract IEnumerable<Rule> Rules();

    protected static Rule Positive(double value, string property) => new(value > 0, property, "a number above 0");

    protected static Rule Divides(int number, IReadOnlyList<int> channels, string property) =>
        new(channels.All(count => count % number == 0), property, $"a number that divides all of {string.Join(", ", channels)}");

    /// <summary>What belongs in a property, whether it is there, and whether it is Mcdm alone that asks for it.</summary>
    internal readonly record struct Rule(bool Holds, string Property, string Expected, bool IsOurs = false);
}
