using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Imaging.Files;
using Mcdm.Imaging.Lines;
using Mcdm.Modalities;

namespace Mcdm.Datasets;

/// <summary>One picture of a dataset with the labels it has; nothing is decoded before it is asked for.</summary>
public sealed class DatasetItem : ILabelledPicture
{
    /// <summary>The picture's file name without extension.</summary>
    public required string Name { get; init; }

    /// <summary>The picture's file.</summary>
    public required string PicturePath { get; init; }

    /// <summary>The drawn sketch's file; null where edges are found in the picture instead.</summary>
    public string? SketchPath { get; init; }

    /// <summary>Reads the mask as a picture in the parts' colours; null where there is none.</summary>
    public Func<Picture>? ReadMask { get; init; }

    /// <summary>Whether it has a mask.</summary>
    public bool HasMask => ReadMask is not null;

    /// <summary>Whether it has a drawn sketch.</summary>
    public bool HasSketch => SketchPath is not null;

    /// <summary>The first caption; null where there is none.</summary>
    public string? Caption => Captions.Count > 0 ? Captions[0] : null;

    /// <summary>The mask's file, or the first of its files; null where there is none.</summary>
    public string? MaskPath { get; init; }

    /// <summary>Where what is odd about its files is told.</summary>
    internal DatasetWarnings? Warnings { get; init; }

    /// <summary>The captions; none where there are none.</summary>
    public IReadOnlyList<string> Captions { get; init; } = [];

    /// <summary>The values of its attributes, null where something hides one; an attribute that is left out is not known.</summary>
    public IReadOnlyDictionary<string, string?> Labels { get; init; } = NoLabels;

    /// <summary>The file of the control picture of a name; null where there is none.</summary>
    public Func<string, string?> ControlPath { get; init; } = _ => null;

    internal static readonly IReadOnlyDictionary<string, string?> NoLabels = new Dictionary<string, string?>();

    /// <summary>Reads the picture.</summary>
    /// <exception cref="McdmException">The file is no whole picture.</exception>
    public Picture ReadPicture(Action<string>? note = null) => PictureFile.Read(PicturePath, note);

    /// <summary>Reads the picture as a network sees it: on white where it is transparent, cut and resized.</summary>
    /// <param name="width">Columns of the network's pictures.</param>
    /// <param name="height">Rows of the network's pictures.</param>
    /// <exception cref="McdmException">The file is no whole picture.</exception>
    public Picture ReadPicture(int width, int height) => PictureResize.ToSize(PictureResize.Flatten(ReadPicture()), width, height, ResizeKind.Smooth);

    /// <summary>The lines of its drawn sketch, or else the picture's edges, row by row.</summary>
    /// <param name="picture">The item's picture at the network's size.</param>
    /// <exception cref="McdmException">The sketch is no whole picture, or of another shape than the item's.</exception>
    public bool[] LinesOf(Picture picture)
    {
        if (SketchPath is not { } path) { return CannyEdges.Find(picture); }
        bool[] lines = SketchLines.Read(ReadLabel(path), picture.Width, picture.Height);
        if (!lines.Contains(true)) { Warnings?.Add(DatasetWarning.NoLine, path); }
        return lines;
    }

    /// <inheritdoc/>
    public Func<Picture>? ControlPicture(string name) => ControlPath(name) is { } path ? () => ReadLabel(path) : null;

    private Picture ReadLabel(string path) => LabelShape.Checked(PictureFile.Read(path), path, PicturePath);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
