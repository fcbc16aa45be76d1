using Mcdm.Imaging;

namespace Mcdm.Modalities;

/// <summary>A picture of a dataset with the labels it has.</summary>
public interface ILabelledPicture
{
    /// <summary>The picture's file.</summary>
    string PicturePath { get; }

    /// <summary>The captions; none where there are none.</summary>
    IReadOnlyList<string> Captions { get; }

    /// <summary>The values of its attributes, null where something hides one; an attribute that is left out is not known.</summary>
    IReadOnlyDictionary<string, string?> Labels { get; }

    /// <summary>Reads the mask as a picture in the parts' colours; null where there is none.</summary>
    Func<Picture>? ReadMask { get; }

    /// <summary>The mask's file, or the first of its files; null where there is none.</summary>
    string? MaskPath { get; }

    /// <summary>The lines of its drawn sketch, or else the picture's edges, row by row.</summary>
    /// <param name="picture">The picture at the network's size.</param>
    bool[] LinesOf(Picture picture);

    /// <summary>Reads the control picture of a name, such as <c>depth</c>; null where there is none.</summary>
    Func<Picture>? ControlPicture(string name);
}
