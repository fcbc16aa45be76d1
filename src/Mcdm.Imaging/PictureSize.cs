using System.Diagnostics.CodeAnalysis;

namespace Mcdm.Imaging;

/// <summary>Columns and rows in pixels; sorted by their product.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
[SuppressMessage("Design", "CA1036", Justification = "Compared by Sort-Object, which asks for IComparable alone.")]
public sealed record PictureSize(int Width, int Height) : IComparable
{
    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj is PictureSize other
        ? ((long)Width * Height, Width).CompareTo(((long)other.Width * other.Height, other.Width))
        : throw new ArgumentException("Sizes are compared with sizes.", nameof(obj));

    /// <inheritdoc/>
    public override string ToString() => $"{Width}×{Height}";
}
