namespace Mcdm.Families.Shared;

/// <summary>Renames modules by whole parts of a tensor's path: <c>input_blocks.1</c> is not the beginning of <c>input_blocks.10.0</c>.</summary>
internal static class PathParts
{
    /// <summary>Replaces the longest beginning of a path that is known, of whole parts.</summary>
    /// <param name="path">A path of parts with dots between.</param>
    /// <param name="modules">What beginnings become.</param>
    /// <param name="rest">What is left of the path after the beginning; the path itself where none is known.</param>
    /// <returns>What the beginning became; null where none is known.</returns>
    public static string? Replace(string path, IReadOnlyDictionary<string, string> modules, out string rest)
    {
        for (int end = path.Length; end > 0; end = path.LastIndexOf('.', end - 1))
        {
            if (!modules.TryGetValue(path[..end], out string? renamed)) { continue; }
            rest = path[end..].TrimStart('.');
            return renamed;
        }
        rest = path;
        return null;
    }

    /// <summary>A path with its longest known beginning replaced; as it is where none is known.</summary>
    public static string Renamed(string path, IReadOnlyDictionary<string, string> modules) => Replace(path, modules, out string rest) is not { } start ? path
        : rest.Length == 0 ? start : $"{start}.{rest}";
}
