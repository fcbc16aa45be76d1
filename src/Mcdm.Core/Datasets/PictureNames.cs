using System.Text;
using System.Text.RegularExpressions;

namespace Mcdm.Datasets;

/// <summary>
/// Finds the picture that a label belongs to by its name: the picture of that very name, or else the only one whose name is the same but for case, the
/// Unicode normal form
/// (a Mac writes é as two characters) and leading zeros of its numbers.
/// </summary>
internal sealed partial class PictureNames
{
    private readonly HashSet<string> _names;
    private readonly ILookup<string, string> _alike;

    /// <param name="names">Names of the pictures, without extension.</param>
    public PictureNames(IEnumerable<string> names)
    {
        _names = names.ToHashSet(StringComparer.Ordinal);
        _alike = _names.ToLookup(KeyOf, StringComparer.Ordinal);
    }

    /// <summary>Labels by the names of their pictures.</summary>
    /// <param name="labels">Labels by names of their own.</param>
    /// <param name="what">What they are, for messages, such as <c>masks</c>.</param>
    /// <param name="lost">Told of the names of labels that belong to no picture.</param>
    /// <param name="join">Joins two labels of one picture; null where a picture has one at most.</param>
    /// <exception cref="McdmException"><c>DatasetNameTwice</c>.</exception>
    public Dictionary<string, T> Matched<T>(IEnumerable<KeyValuePair<string, T>> labels, string what, Action<string> lost, Func<T, T, T>? join = null)
    {
        var matched = new Dictionary<string, (string Label, T Value)>(StringComparer.Ordinal);
        foreach (var (label, value) in labels)
        {
            if (Find(label) is not { } name) { lost(label); }
            else if (!matched.TryGetValue(name, out var other)) { matched[name] = (label, value); }
            else if (join is not null) { matched[name] = (label, join(other.Value, value)); }
            else
            {
                throw new McdmException("DatasetNameTwice", ErrorKind.InvalidData,
                    $"The {what} '{other.Label}' and '{label}' both belong to the picture '{name}'; remove or rename one.");
            }
        }
        return matched.ToDictionary(pair => pair.Key, pair => pair.Value.Value, StringComparer.Ordinal);
    }

    private string? Find(string label) => _names.Contains(label) ? label : _alike[KeyOf(label)].ToList() is [var only] ? only : null;

    private static string KeyOf(string name)
    {
        try
        {
            name = name.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            // Half a surrogate pair has no normal form.
        }
        return LeadingZeros().Replace(name.ToUpperInvariant(), "");
    }

    [GeneratedRegex("(?<![0-9])0+(?=[0-9])")]
    private static partial Regex LeadingZeros();
}
