namespace Mcdm.Modalities;

/// <summary>An attribute: something that can be said of a picture in words, such as its hair colour.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Values">The values it can have, at least two, in the order in which a judge numbers them.</param>
public sealed record AttributeDefinition(string Name, IReadOnlyList<string> Values)
{
    private const int MaxAttributes = 1000, MaxValues = 1000;

    /// <summary>What is wrong with a list of attributes that was read from a file; null where nothing is.</summary>
    internal static string? Problem(IReadOnlyList<AttributeDefinition?> attributes)
    {
        if (attributes.Count > MaxAttributes) { return $"there are {attributes.Count} attributes, but at most {MaxAttributes} are allowed"; }
        foreach (var attribute in attributes)
        {
            if (string.IsNullOrWhiteSpace(attribute?.Name)) { return "an attribute has no name"; }
            if (attribute.Values is not { Count: > 1 and <= MaxValues } values)
            {
                return $"the attribute '{attribute.Name}' has {attribute.Values?.Count ?? 0} values, but 2 to {MaxValues} make sense";
            }
            if (values.Any(string.IsNullOrWhiteSpace)) { return $"a value of the attribute '{attribute.Name}' is empty"; }
            if (values.Distinct(StringComparer.Ordinal).Count() < values.Count) { return $"a value of the attribute '{attribute.Name}' is there twice"; }
        }
        return attributes.GroupBy(attribute => attribute!.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? $"two attributes are called '{twice.Key}'" : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({string.Join(", ", Values)})";
}
