using Mcdm.Imaging;
using Mcdm.Imaging.Files;

namespace Mcdm.Datasets;

/// <summary>
/// A label that is drawn over its picture, such as a mask, may have another size (512² for 1024² in CelebAMask-HQ), but not another shape: it would lie
/// beside what it shows.
/// </summary>
internal static class LabelShape
{
    /// <summary>A label that has its picture's shape, to the nearest pixel.</summary>
    /// <param name="label">The label.</param>
    /// <param name="path">Its file, or the first of its files.</param>
    /// <param name="picturePath">The picture's file; its header alone is read.</param>
    /// <exception cref="McdmException"><c>DatasetLabelShape</c>; or the picture cannot be read.</exception>
    public static Picture Checked(Picture label, string path, string picturePath)
    {
        var (width, height) = PictureFile.SizeOf(picturePath);
        double widthThen = (double)label.Height * width / height, heightThen = (double)label.Width * height / width;
        return Math.Abs(label.Width - widthThen) < 1 || Math.Abs(label.Height - heightThen) < 1 ? label
            : throw new McdmException("DatasetLabelShape", ErrorKind.InvalidData,
                $"'{path}' is {label.Width}×{label.Height}, but its picture '{picturePath}' is {width}×{height}; another size will do, another ratio of "
                    + "the sides will not.");
    }
}
