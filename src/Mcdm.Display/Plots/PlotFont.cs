using Mcdm.Display.Sheets;
using ScottPlot;
using SkiaSharp;

namespace Mcdm.Display.Plots;

/// <summary>Gives plots the font of contact sheets: a system may have none at all.</summary>
internal sealed class PlotFont : IFontResolver
{
    /// <summary>What plots call it.</summary>
    public const string Name = "Mcdm sheet";

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? SheetFonts.Load() : null;

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => CreateTypeface(fontName, false, false);
}
