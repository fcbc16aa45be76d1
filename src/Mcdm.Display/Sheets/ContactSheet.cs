using System.Runtime.InteropServices;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using SkiaSharp;

namespace Mcdm.Display.Sheets;

/// <summary>Arranges pictures on one sheet, in rows, with labels.</summary>
public static class ContactSheet
{
    /// <summary>The widest that row headers become, in ems of the text.</summary>
    private const int RowHeaderEms = 12;

    private const int WantedCellSide = 192;

    /// <summary>Side of the squares that show through transparent pixels.</summary>
    private const int CheckerSide = 8;

    /// <summary>Arranges pictures row by row. Each stands in the middle of its cell; cells are as large as the largest picture.</summary>
    /// <param name="pictures">The pictures; null leaves a cell empty.</param>
    /// <param name="labels">A text under each picture; none when null.</param>
    /// <param name="options">Layout; the defaults when left out.</param>
    /// <exception cref="McdmException">
    /// <c>ContactSheetEmpty</c>: no picture; <c>ContactSheetOptionsInvalid</c>: a number that cannot work, or as many labels or headers
    /// as do not fit the pictures; <c>PictureTooLarge</c>: the sheet would have more than <see cref="PictureFile.MaxPixels"/>.
    /// </exception>
    public static Picture Arrange(
        IReadOnlyList<Picture?> pictures, IReadOnlyList<string>? labels = null, ContactSheetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        options ??= new ContactSheetOptions();
        Layout layout = Measure(pictures, labels, options);
        using SheetText text = new(options);
        Bands bands = Bands.Of(layout, text, labels, options);
        CheckSize(bands.SheetWidth, bands.SheetHeight);
        var rgba = new byte[4 * bands.SheetWidth * bands.SheetHeight];
        var info = new SKImageInfo(bands.SheetWidth, bands.SheetHeight, SKColorType.Rgba8888, SKAlphaType.Premul);
        GCHandle pin = GCHandle.Alloc(rgba, GCHandleType.Pinned);
        try
        {
            using SKSurface surface = SKSurface.Create(info, pin.AddrOfPinnedObject(), info.RowBytes);
            surface.Canvas.Clear(new SKColor(options.Background.Red, options.Background.Green, options.Background.Blue));
            Draw(surface.Canvas, pictures, labels, options, layout, bands, text);
        }
        finally
        {
            pin.Free();
        }

        return new Picture(bands.SheetWidth, bands.SheetHeight, rgba);
    }

    private static void Draw(SKCanvas canvas, IReadOnlyList<Picture?> pictures, IReadOnlyList<string>? labels,
        ContactSheetOptions options, Layout layout, Bands bands, SheetText text)
    {
        for (int column = 0; column < options.ColumnHeaders?.Count; column++)
        {
            text.DrawCentered(canvas, options.ColumnHeaders[column], bands.Left(column), options.Gap, layout.CellWidth);
        }

        for (int row = 0; row < options.RowHeaders?.Count; row++)
        {
            string header = options.RowHeaders[row];
            int height = text.Height(header, bands.RowHeaderWidth);
            text.DrawLeft(canvas, header, options.Gap, bands.Top(row) + ((layout.CellHeight - height) / 2), bands.RowHeaderWidth);
        }

        for (int i = 0; i < pictures.Count; i++)
        {
            int left = bands.Left(i % layout.Columns), top = bands.Top(i / layout.Columns);
            if (pictures[i] is Picture picture)
            {
                DrawPicture(canvas, picture, layout.Scale,
                    left + ((layout.CellWidth - (picture.Width * layout.Scale)) / 2),
                    top + ((layout.CellHeight - (picture.Height * layout.Scale)) / 2));
            }

            if (labels is not null)
            {
                text.DrawCentered(canvas, labels[i], left, top + layout.CellHeight + text.Padding, layout.CellWidth);
            }
        }
    }

    private static void DrawPicture(SKCanvas canvas, Picture picture, int scale, int left, int top)
    {
        var info = new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        using SKImage image = SKImage.FromPixelCopy(info, picture.Rgba);
        SKRect place = SKRect.Create(left, top, picture.Width * scale, picture.Height * scale);
        if (!picture.IsOpaque)
        {
            DrawCheckers(canvas, place);
        }

        canvas.DrawImage(image, place, new SKSamplingOptions(SKFilterMode.Nearest));
    }

    /// <summary>What shows through transparent pixels, which in a mask are unknown: neither a colour of the picture nor the sheet's own.</summary>
    private static void DrawCheckers(SKCanvas canvas, SKRect place)
    {
        using SKPaint light = new() { Color = new SKColor(0xff, 0xff, 0xff) }, dark = new() { Color = new SKColor(0xd0, 0xd0, 0xd0) };
        canvas.Save();
        canvas.ClipRect(place);
        canvas.DrawRect(place, light);
        for (int row = 0; row * CheckerSide < place.Height; row++)
        {
            for (int column = row % 2; column * CheckerSide < place.Width; column += 2)
            {
                canvas.DrawRect(SKRect.Create(place.Left + (column * CheckerSide), place.Top + (row * CheckerSide), CheckerSide, CheckerSide), dark);
            }
        }

        canvas.Restore();
    }

    private static Layout Measure(IReadOnlyList<Picture?> pictures, IReadOnlyList<string>? labels, ContactSheetOptions options)
    {
        int count = pictures.Count, width = 0, height = 0;
        foreach (Picture? picture in pictures)
        {
            width = Math.Max(width, picture?.Width ?? 0);
            height = Math.Max(height, picture?.Height ?? 0);
        }

        if (width == 0)
        {
            throw new McdmException("ContactSheetEmpty", ErrorKind.InvalidArgument, "A sheet of no pictures cannot be made; give at least one.");
        }

        Check(options.Columns is null or (>= 1 and <= 10_000), $"Columns is {options.Columns}; it must be 1 to 10000");
        Check(options.Scale is null or (>= 1 and <= 100), $"Scale is {options.Scale}; it must be 1 to 100");
        Check(options.Gap is >= 0 and <= 1000, $"Gap is {options.Gap}; it must be 0 to 1000 pixels");
        Check(options.TextSize is >= 4 and <= 400, $"TextSize is {options.TextSize}; it must be 4 to 400 pixels");
        Check(options.MaxTextLines is >= 1 and <= 100, $"MaxTextLines is {options.MaxTextLines}; it must be 1 to 100");
        Check(labels is null || labels.Count == count, $"there are {labels?.Count} labels; there must be one for each of the {count} pictures");

        int columns = options.Columns
            ?? options.ColumnHeaders?.Count
            ?? (options.RowHeaders is { Count: > 0 } headers
                ? (count + headers.Count - 1) / headers.Count
                : (int)Math.Ceiling(Math.Sqrt(count)));
        columns = Math.Max(1, columns);
        int rows = (count + columns - 1) / columns;
        Check(options.ColumnHeaders is null || options.ColumnHeaders.Count == columns,
            $"there are {options.ColumnHeaders?.Count} column headers; there must be one for each of the {columns} columns");
        Check(options.RowHeaders is null || options.RowHeaders.Count == rows,
            $"there are {options.RowHeaders?.Count} row headers; there must be one for each of the {rows} rows");

        int scale = options.Scale ?? Math.Max(1, WantedCellSide / Math.Max(width, height));
        CheckSize((double)columns * ((width * (double)scale) + options.Gap), rows * ((height * (double)scale) + options.Gap));
        return new Layout(columns, rows, scale, width * scale, height * scale);
    }

    private static void CheckSize(double width, double height)
    {
        if (width * height > PictureFile.MaxPixels)
        {
            throw new McdmException("PictureTooLarge", ErrorKind.LimitsExceeded,
                $"The sheet would be {width}×{height} pixels; at most {PictureFile.MaxPixels / 1_000_000} million pixels are drawn, "
                + "so take fewer pictures or a smaller scale.");
        }
    }

    private static void Check(bool fits, string problem)
    {
        if (!fits)
        {
            throw new McdmException("ContactSheetOptionsInvalid", ErrorKind.InvalidArgument, $"The sheet cannot be laid out: {problem}.");
        }
    }

    private readonly record struct Layout(int Columns, int Rows, int Scale, int CellWidth, int CellHeight);

    /// <summary>Where things stand: row headers at the left, column headers at the top, each row's labels under its cells.</summary>
    private sealed class Bands
    {
        private readonly int _firstLeft;
        private readonly int _columnStep;
        private readonly int[] _tops;

        private Bands(int firstLeft, int columnStep, int[] tops, int rowHeaderWidth, int sheetWidth)
        {
            (_firstLeft, _columnStep, _tops) = (firstLeft, columnStep, tops);
            (RowHeaderWidth, SheetWidth, SheetHeight) = (rowHeaderWidth, sheetWidth, tops[^1]);
        }

        public int RowHeaderWidth { get; }

        public int SheetWidth { get; }

        public int SheetHeight { get; }

        public static Bands Of(Layout layout, SheetText text, IReadOnlyList<string>? labels, ContactSheetOptions options)
        {
            int gap = options.Gap;
            int rowHeaderWidth = options.RowHeaders is null ? 0
                : Math.Min(RowHeaderEms * options.TextSize, options.RowHeaders.Max(text.Width));
            int firstLeft = gap + (rowHeaderWidth > 0 ? rowHeaderWidth + gap : 0);

            int headers = options.ColumnHeaders?.Max(header => text.Height(header, layout.CellWidth)) ?? 0;
            var tops = new int[layout.Rows + 1];
            tops[0] = gap + (headers > 0 ? headers + text.Padding : 0);
            for (int row = 0; row < layout.Rows; row++)
            {
                int label = labels?.Skip(row * layout.Columns).Take(layout.Columns).Max(one => text.Height(one, layout.CellWidth)) ?? 0;
                tops[row + 1] = tops[row] + layout.CellHeight + (label > 0 ? text.Padding + label : 0) + gap;
            }

            int columnStep = layout.CellWidth + gap;
            return new Bands(firstLeft, columnStep, tops, rowHeaderWidth, firstLeft + (layout.Columns * columnStep));
        }

        public int Left(int column) => _firstLeft + (column * _columnStep);

        public int Top(int row) => _tops[row];
    }
}
