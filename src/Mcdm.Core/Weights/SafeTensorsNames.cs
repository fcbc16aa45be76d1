using FuzzySharp;

namespace Mcdm.Weights;

/// <summary>Which known name was probably meant.</summary>
internal static class SafeTensorsNames
{
    /// <summary>The candidate with the fewest letters to change, or null where there are no candidates.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates) => candidates.MinBy(candidate => Levenshtein.EditDistance(name, candidate));
}
