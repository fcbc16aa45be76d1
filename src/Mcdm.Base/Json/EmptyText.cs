namespace Mcdm.Json;

/// <summary>Texts that say nothing, which JSON leaves out.</summary>
internal static class EmptyText
{
    /// <summary>The text; null where it is empty.</summary>
    public static string? OrNull(this string? text) => string.IsNullOrEmpty(text) ? null : text;
}
