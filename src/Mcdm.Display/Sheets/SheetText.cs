using System.Globalization;
using Mcdm.Imaging;
using SkiaSharp;
using SkiaSharp.HarfBuzz;

namespace Mcdm.Display.Sheets;

/// <summary>
/// Writes short texts: in the font that Mcdm brings along, letters of other scripts in the system's fonts, joined as their scripts join them, and a
/// box for what no font has.
/// </summary>
internal sealed class SheetText : IDisposable
{
    /// <summary>A box and its place, in parts of the em square.</summary>
    private const float BoxWidth = 0.5f, BoxHeight = 0.7f, BoxAdvance = 0.65f;

    private readonly int _maxLines;
    private readonly int _lineHeight;
    private readonly float _size;
    private readonly SKFont _font;
    private readonly SKPaint _paint, _line;
    private readonly Dictionary<SKTypeface, (SKFont Font, SKShaper Shaper)> _others = [];

    public SheetText(ContactSheetOptions options)
    {
        _maxLines = options.MaxTextLines;
        _size = options.TextSize;
        _lineHeight = (int)Math.Ceiling(options.TextSize * 1.25);
        _font = FontOf(SheetFonts.Own);
        PictureColor paper = options.Background;
        bool paperIsDark = (299 * paper.Red) + (587 * paper.Green) + (114 * paper.Blue) < 127_500;
        _paint = new SKPaint { IsAntialias = true, Color = paperIsDark ? SKColors.White : SKColors.Black };
        _line = new SKPaint { IsAntialias = true, Color = _paint.Color, IsStroke = true, StrokeWidth = 1 };
    }

    /// <summary>Pixels between a text and the picture it belongs to.</summary>
    public int Padding => _lineHeight / 4;

    /// <summary>Width of a text on one line.</summary>
    public int Width(string text) => (int)Math.Ceiling(Measure(OneLine(text)));

    /// <summary>Height of a text broken to a width; 0 for no text.</summary>
    public int Height(string text, int width) => Lines(text, width).Count * _lineHeight;

    public void DrawLeft(SKCanvas canvas, string text, int left, int top, int width) => Draw(canvas, text, left, top, width, centred: false);

    public void DrawCentered(SKCanvas canvas, string text, int left, int top, int width) => Draw(canvas, text, left, top, width, centred: true);

    public void Dispose()
    {
        foreach (var (font, shaper) in _others.Values)
        {
            shaper.Dispose();
            font.Dispose();
        }
        _font.Dispose();
        _paint.Dispose();
        _line.Dispose();
    }

    private SKFont FontOf(SKTypeface face) => new(face, _size) { Edging = SKFontEdging.Antialias, Hinting = SKFontHinting.None, Subpixel = true };

    private (SKFont Font, SKShaper Shaper) Other(SKTypeface face)
    {
        if (!_others.TryGetValue(face, out var other)) { _others[face] = other = (FontOf(face), new SKShaper(face)); }
        return other;
    }

    private void Draw(SKCanvas canvas, string text, int left, int top, int width, bool centred)
    {
        float baseline = top + ((_lineHeight - _font.Metrics.Ascent - _font.Metrics.Descent) / 2);
        foreach (string line in Lines(text, width))
        {
            float x = centred ? left + ((width - Measure(line)) / 2f) : left;
            foreach (var run in SheetFonts.Runs(line))
            {
                DrawRun(canvas, run, x, baseline);
                x += Measure(run);
            }
            baseline += _lineHeight;
        }
    }

    private void DrawRun(SKCanvas canvas, SheetRun run, float x, float baseline)
    {
        if (run.Face is null)
        {
            for (int i = 0; i < Letters(run.Text); i++)
            {
                float left = x + (_size * (i * BoxAdvance + (BoxAdvance - BoxWidth) / 2));
                canvas.DrawRect(left, baseline - (_size * BoxHeight), _size * BoxWidth, _size * BoxHeight, _line);
            }
        }
        else if (run.Face == SheetFonts.Own) { canvas.DrawText(run.Text, x, baseline, SKTextAlign.Left, _font, _paint); }
        else
        {
            var (font, shaper) = Other(run.Face);
            canvas.DrawShapedText(shaper, run.Text, x, baseline, SKTextAlign.Left, font, _paint);
        }
    }

    private float Measure(string line) => SheetFonts.Runs(line).Sum(Measure);

    private float Measure(SheetRun run)
    {
        if (run.Face is null) { return Letters(run.Text) * _size * BoxAdvance; }
        if (run.Face == SheetFonts.Own) { return _font.MeasureText(run.Text); }
        var (font, shaper) = Other(run.Face);
        return shaper.Shape(run.Text, font).Width;
    }

    private static int Letters(string text) => StringInfo.ParseCombiningCharacters(text).Length;

    /// <summary>Breaks a text between words, or inside a word that is too long; what is over the last line becomes "…".</summary>
    private List<string> Lines(string text, int width)
    {
        List<string> lines = [];
        string rest = OneLine(text);
        while (rest.Length > 0)
        {
            int fits = Fits(rest, width);
            if (fits >= rest.Length)
            {
                lines.Add(rest);
                break;
            }

            if (lines.Count == _maxLines - 1)
            {
                lines.Add(rest[..Fits(rest, Math.Max(0, width - _font.MeasureText("…")))].TrimEnd() + "…");
                break;
            }

            int space = rest.LastIndexOf(' ', Math.Max(0, fits));
            int end = space > 0 ? space : Math.Max(StringInfo.GetNextTextElementLength(rest), fits);
            lines.Add(rest[..end].TrimEnd());
            rest = rest[end..].TrimStart();
        }

        return lines;
    }

    /// <summary>How much of a text fits into a width, in characters; a letter is not parted from its marks.</summary>
    private int Fits(string text, float width)
    {
        int[] ends = [.. StringInfo.ParseCombiningCharacters(text), text.Length];
        int fits = 0, tooMany = ends.Length;
        while (tooMany - fits > 1)
        {
            int middle = (fits + tooMany) / 2;
            (fits, tooMany) = Measure(text[..ends[middle]]) <= width ? (middle, tooMany) : (fits, middle);
        }
        return ends[fits];
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
