namespace Mcdm.Weights.Reading;

/// <summary>Which variant of a model's weights each of its folders gives: the one that is wanted, and what is there for a part that has it not.</summary>
/// <param name="wanted">The variant; null for full precision.</param>
/// <param name="folders">The networks' folders, of which at least one must have it.</param>
internal sealed class VariantChoice(string? wanted, IEnumerable<string> folders)
{
    private readonly bool _isThere = wanted is { } variant && folders.Any(folder => NetworkWeights.Has(folder, variant));

    /// <summary>The variant to open in a folder; null for what is there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="notes">Told where it is another than was asked for.</param>
    public string? Of(string folder, ICollection<string> notes)
    {
        // Where no part has it, the first one says so.
        if (wanted is null || !_isThere || NetworkWeights.Has(folder, wanted)) { return wanted; }
        notes.Add($"'{folder}' has no weights of the variant '{wanted}': those that are there are taken.");
        return null;
    }
}
