namespace Mcdm.Diffusion;

/// <summary>A kind of something, such as a sampler, that users choose by a word.</summary>
public interface INamedKind
{
    /// <summary>The word.</summary>
    string Name { get; }
}

/// <summary>Kinds by their words.</summary>
public static class NamedKind
{
    /// <summary>The kind of a name, whatever its case; null for a word that names none.</summary>
    public static T? Named<T>(this IEnumerable<T> kinds, string word) where T : class, INamedKind =>
        kinds.FirstOrDefault(kind => string.Equals(kind.Name, word.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>All names, for messages.</summary>
    public static string Names(this IEnumerable<INamedKind> kinds) => string.Join(", ", kinds.Select(kind => kind.Name));
}
