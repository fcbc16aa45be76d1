using System.Text;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;

namespace Mcdm.Display.Terminal;

/// <summary>Where pictures are drawn: a terminal's window and how pictures reach it.</summary>
/// <param name="Protocol">How; not <see cref="GraphicsProtocol.Auto"/>.</param>
/// <param name="Columns">Width of the window in characters.</param>
/// <param name="Rows">Its height in lines.</param>
/// <param name="Cell">Its character cell.</param>
public sealed record TerminalScreen(GraphicsProtocol Protocol, int Columns, int Rows, CellSize Cell)
{
    /// <summary>Columns between two pictures.</summary>
    public const int Gap = 1;

    /// <summary>Lines of the window that a picture leaves free: for the command, and for what follows.</summary>
    private const int FreeRows = 2;

    private int MostRows => Math.Max(1, Rows - FreeRows);

    /// <summary>Dots of a picture in a cell.</summary>
    private CellSize Dots => Protocol == GraphicsProtocol.HalfBlock ? new CellSize(1, 2) : Cell;

    /// <summary>Columns that a picture takes, so that it is whole in the window.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="columns">
    /// Columns wanted. Null is one for each pixel, but no more than half the window, so that two stand side by side.
    /// </param>
    public int Fit(Picture picture, int? columns)
    {
        int wanted = columns ?? Math.Min(picture.Width, (Columns - Gap) / 2);
        long highest = (long)MostRows * Cell.Height * picture.Width / ((long)picture.Height * Cell.Width);
        return (int)Math.Max(1, Math.Min(Math.Min(wanted, Columns), highest));
    }

    /// <summary>How many pictures of some columns fit side by side, at least one.</summary>
    public int CountInRow(int columns) => Math.Max(1, (Columns + Gap) / (columns + Gap));

    /// <summary>Draws pictures side by side, their upper edges in one line.</summary>
    /// <param name="pictures">Each picture with the columns that it takes.</param>
    /// <param name="id">A number by which kitty's protocol replaces or deletes the row; null where it is there to stay.</param>
    public TerminalDrawing Draw(IReadOnlyList<(Picture Picture, int Columns)> pictures, int? id = null)
    {
        int columns = pictures.Sum(item => item.Columns) + Gap * (pictures.Count - 1);
        var cells = pictures.Select(item => PictureResize.Stretch(item.Picture, item.Columns * Dots.Width, HeightInDots(item.Picture, item.Columns))).ToList();
        int rows = (cells.Max(cell => cell.Height) + Dots.Height - 1) / Dots.Height;
        bool fillsRows = Protocol == GraphicsProtocol.Kitty;
        var strip = Join(cells, columns * Dots.Width, fillsRows ? rows * Dots.Height : cells.Max(cell => cell.Height));
        return new TerminalDrawing(rows, Protocol switch
        {
            GraphicsProtocol.Kitty => InPlace(KittyGraphics.Encode(strip, columns, rows, id), rows),
            GraphicsProtocol.Sixel => InPlace(Sixel.Encode(strip), rows),
            _ => HalfBlocks.Encode(strip),
        });
    }

    /// <summary>Height that keeps the picture's shape, though a dot of a half block need not be a square.</summary>
    private int HeightInDots(Picture picture, int columns)
    {
        double height = (double)columns * Cell.Width * picture.Height / picture.Width;
        return Math.Clamp((int)Math.Round(height / Cell.Height * Dots.Height), 1, MostRows * Dots.Height);
    }

    private Picture Join(IReadOnlyList<Picture> cells, int width, int height)
    {
        var rgba = new byte[4 * width * height];
        int left = 0;
        foreach (var cell in cells)
        {
            for (int y = 0; y < cell.Height; y++)
            {
                cell.Rgba.AsSpan(4 * y * cell.Width, 4 * cell.Width).CopyTo(rgba.AsSpan(4 * (y * width + left)));
            }
            left += cell.Width + Gap * Dots.Width;
        }
        return new Picture(width, height, rgba);
    }

    /// <summary>
    /// Makes room first and goes to the line below after: where a drawing leaves the cursor, and whether it scrolls, differs between terminals.
    /// </summary>
    private static string InPlace(string drawing, int rows) =>
        new StringBuilder().Insert(0, "\r\n", rows).Append($"\e[{rows}A\e7{drawing}\e8\e[{rows}B\r").ToString();
}
