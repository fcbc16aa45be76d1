namespace Mcdm.Datasets;

/// <summary>Labels of a folder that belong to no picture, counted by what they are.</summary>
internal sealed class LostLabels
{
    private readonly Dictionary<string, List<string>> _names = [];

    /// <summary>Where names of lost labels of a kind are told.</summary>
    /// <param name="what">What they are, such as <c>masks</c>.</param>
    public Action<string> Of(string what) => (_names[what] = []).Add;

    /// <summary>How many there are; null where there is none.</summary>
    public string? Sentence(string folder)
    {
        var lost = _names.Where(names => names.Value.Count > 0)
            .Select(names => $"{names.Value.Count} {names.Key} (the first for '{names.Value.Order(StringComparer.Ordinal).First()}')").ToList();
        return lost.Count == 0 ? null : $"Labels in '{folder}' belong to none of its pictures and are not used: {string.Join(", ", lost)}.";
    }
}
