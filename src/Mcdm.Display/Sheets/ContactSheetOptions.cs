using Mcdm.Imaging;

namespace Mcdm.Display.Sheets;

/// <summary>How <see cref="ContactSheet"/> lays pictures out.</summary>
public sealed record ContactSheetOptions
{
    /// <summary>
    /// Pictures in a row; null chooses: as many as there are column headers, else as few as the row headers allow,
    /// else a sheet of about as many rows as columns.
    /// </summary>
    public int? Columns { get; init; }

    /// <summary>
    /// Whole factor by which pictures are shown larger, each pixel a square; null chooses: the largest picture comes near to
    /// 192 pixels (a factor of 3 for 64×64 pictures).
    /// </summary>
    public int? Scale { get; init; }

    /// <summary>Pixels between cells and around them.</summary>
    public int Gap { get; init; } = 8;

    /// <summary>Colour of the sheet; text is black or white, whichever is easier to read on it.</summary>
    public PictureColor Background { get; init; } = PictureColor.White;

    /// <summary>Height of the letters' em square in pixels.</summary>
    public int TextSize { get; init; } = 14;

    /// <summary>Lines that one label or header may have; what is longer ends in "…".</summary>
    public int MaxTextLines { get; init; } = 3;

    /// <summary>A header above each column, or none.</summary>
    public IReadOnlyList<string>? ColumnHeaders { get; init; }

    /// <summary>A header to the left of each row, or none.</summary>
    public IReadOnlyList<string>? RowHeaders { get; init; }
}
