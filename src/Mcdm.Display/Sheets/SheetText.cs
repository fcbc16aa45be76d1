using Mcdm.Imaging;
using SkiaSharp;

namespace Mcdm.Sheets;

/// <summary>
/// Writes short texts in a font that Mcdm brings along, because the image library sees no system fonts on a bare Linux, and so
/// that sheets look the same everywhere.
/// </summary>
internal sealed class SheetText : IDisposable
{
    private static readonly Lazy<SKTypeface> Typeface = new(LoadTypeface);

    private readonly int _maxLines;
    private readonly int _lineHeight;
    private readonly SKFont _font;
    private readonly SKPaint _paint;

    public SheetText(ContactSheetOptions options)
    {
        _maxLines = options.MaxTextLines;
        _lineHeight = (int)Math.Ceiling(options.TextSize * 1.25);
        _font = new SKFont(Typeface.Value, options.TextSize) { Edging = SKFontEdging.Antialias, Hinting = SKFontHinting.None, Subpixel = true };
        PictureColor paper = options.Background;
        bool paperIsDark = (299 * paper.Red) + (587 * paper.Green) + (114 * paper.Blue) < 127_500;
        _paint = new SKPaint { IsAntialias = true, Color = paperIsDark ? SKColors.White : SKColors.Black };
    }

    /// <summary>Pixels between a text and the picture it belongs to.</summary>
    public int Padding => _lineHeight / 4;

    /// <summary>Width of a text on one line.</summary>
    public int Width(string text) => (int)Math.Ceiling(_font.MeasureText(OneLine(text)));

    /// <summary>Height of a text broken to a width; 0 for no text.</summary>
    public int Height(string text, int width) => Lines(text, width).Count * _lineHeight;

    public void DrawLeft(SKCanvas canvas, string text, int left, int top, int width) => Draw(canvas, text, left, top, width, SKTextAlign.Left);

    public void DrawCentred(SKCanvas canvas, string text, int left, int top, int width) =>
        Draw(canvas, text, left, top, width, SKTextAlign.Center);

    public void Dispose()
    {
        _font.Dispose();
        _paint.Dispose();
    }

    private void Draw(SKCanvas canvas, string text, int left, int top, int width, SKTextAlign align)
    {
        float x = align == SKTextAlign.Center ? left + (width / 2f) : left;
        float baseline = top + ((_lineHeight - _font.Metrics.Ascent - _font.Metrics.Descent) / 2);
        foreach (string line in Lines(text, width))
        {
            canvas.DrawText(line, x, baseline, align, _font, _paint);
            baseline += _lineHeight;
        }
    }

    /// <summary>Breaks a text between words, or inside a word that is too long; what is over the last line becomes "…".</summary>
    private List<string> Lines(string text, int width)
    {
        List<string> lines = [];
        string rest = OneLine(text);
        while (rest.Length > 0)
        {
            int fits = _font.BreakText(rest, width);
            if (fits >= rest.Length)
            {
                lines.Add(rest);
                break;
            }

            if (lines.Count == _maxLines - 1)
            {
                lines.Add(WithEllipsis(rest, width));
                break;
            }

            int space = rest.LastIndexOf(' ', Math.Max(0, fits));
            int end = space > 0 ? space : Math.Max(1, fits);
            lines.Add(rest[..end].TrimEnd());
            rest = rest[end..].TrimStart();
        }

        return lines;
    }

    private string WithEllipsis(string text, int width)
    {
        int fits = _font.BreakText(text, Math.Max(0, width - _font.MeasureText("…")));
        return text[..fits].TrimEnd() + "…";
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The font, for the caller to dispose.</summary>
    public static SKTypeface LoadTypeface()
    {
        using Stream font = typeof(SheetText).Assembly.GetManifestResourceStream("Mcdm.Sheets.SheetFont.ttf")
            ?? throw new InvalidOperationException("The font resource Mcdm.Sheets.SheetFont.ttf is missing from the assembly.");
        return SKTypeface.FromStream(font);
    }
}
