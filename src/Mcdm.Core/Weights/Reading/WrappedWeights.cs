namespace Mcdm.Weights.Reading;

/// <summary>
/// Weights whose names begin with what a program wrapped the network in: <c>module.</c> (several processors), <c>_orig_mod.</c> (compiled), <c>model.</c>.
/// </summary>
internal static class WrappedWeights
{
    private const string Compiled = "_orig_mod.", Parallel = "module.", Owner = "model.";

    /// <summary>What an original checkpoint's U-Net begins with, whose <c>model.</c> is its own.</summary>
    private const string Original = "model.diffusion_model.", OriginalAverage = "model_ema.";

    /// <summary>The weights under the network's own names; themselves where nothing is around it.</summary>
    /// <param name="weights">The weights, which are disposed of with what is returned.</param>
    public static IWeights Unwrapped(IWeights weights)
    {
        var names = weights.Names.Select(name => (Own: name.Replace(Compiled, "", StringComparison.Ordinal), Source: name)).ToList();
        while (names.Count > 0 && PrefixOf(names.ConvertAll(name => name.Own)) is { } prefix)
        {
            names = names.ConvertAll(name => (name.Own[prefix.Length..], name.Source));
        }
        return names.TrueForAll(name => name.Own == name.Source) || names.DistinctBy(name => name.Own).Count() < names.Count ? weights
            : new RenamedWeights(weights, names.Select(name => new RenamedTensor(name.Own, name.Source)), owns: true);
    }

    private static string? PrefixOf(List<string> names) => new[] { Parallel, Owner }.FirstOrDefault(prefix =>
        names.TrueForAll(name => name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal))
        && !(prefix == Owner && names.Exists(IsOriginal)));

    private static bool IsOriginal(string name) =>
        name.StartsWith(Original, StringComparison.Ordinal) || name.StartsWith(OriginalAverage, StringComparison.Ordinal);
}
