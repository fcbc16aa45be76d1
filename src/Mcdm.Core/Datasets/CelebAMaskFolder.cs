using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;

namespace Mcdm.Datasets;

/// <summary>
/// CelebAMask-HQ's layout (Lee et al. 2020): <c>CelebA-HQ-img/N.jpg</c>, <c>CelebAMask-HQ-mask-anno/*/NNNNN_part.png</c>
/// (white where the part is), and <c>captions.txt</c> beside them.
/// </summary>
internal static class CelebAMaskFolder
{
    private const string Images = "CelebA-HQ-img", Annotations = "CelebAMask-HQ-mask-anno";

    // In painting order: what comes later lies over what comes before.
    private static readonly string[] PartNames =
    [
        "background", "skin", "neck", "neck_l", "cloth", "l_ear", "r_ear", "ear_r", "nose", "l_eye", "r_eye", "l_brow", "r_brow",
        "mouth", "u_lip", "l_lip", "eye_g", "hair", "hat",
    ];

    private static readonly IReadOnlyList<Part> Parts =
        PartNames.Select((name, i) =>
            new Part(name, i == 0 ? "#000000" : $"#{(40 + i * 67 % 200):x2}{(30 + i * 101 % 210):x2}{(50 + i * 149 % 190):x2}")).ToList();

    public static bool IsLayoutOf(string folder) => Directory.Exists(Path.Combine(folder, Images));

    public static (IReadOnlyList<DatasetItem> Items, IReadOnlyList<Part> Parts) Read(string folder, DatasetWarnings warnings, LostLabels lost)
    {
        var pictures = DatasetFolder.Pictures(Path.Combine(folder, Images));
        var names = new PictureNames(pictures.Keys);
        var captions = names.Matched(CaptionFile.Read(Path.Combine(folder, "captions.txt")), "captions", lost.Of("captions"),
            (some, more) => [.. some, .. more]);
        var files = Masks(Path.Combine(folder, Annotations));
        var masks = names.Matched(files, "masks", lost.Of("masks"), (some, more) => [.. some.Concat(more).OrderBy(file => file.Part)]);
        var items = pictures.OrderBy(picture => picture.Key.Length).ThenBy(picture => picture.Key, StringComparer.Ordinal)
            .Select(picture => new DatasetItem
            {
                Name = picture.Key,
                PicturePath = picture.Value,
                ReadMask = masks.TryGetValue(picture.Key, out var parts) ? () => LabelShape.Checked(Paint(parts, warnings), parts[0].Path, picture.Value)
                    : null,
                MaskPath = parts?[0].Path,
                Warnings = warnings,
                Captions = captions.GetValueOrDefault(picture.Key) ?? [],
            }).ToList();
        return (items, files.Count > 0 ? Parts : []);
    }

    /// <summary>The files of each picture's parts, by the picture's number, in painting order.</summary>
    private static Dictionary<string, List<(int Part, string Path)>> Masks(string folder) => DatasetFolder.PictureFiles(folder, deep: true)
        .Select(path => (Name: Path.GetFileNameWithoutExtension(path).Split('_', 2), Path: path))
        .Where(file => file.Name.Length == 2 && file.Name[0].Length > 0 && file.Name[0].All(char.IsAsciiDigit))
        .Select(file => (Number: file.Name[0], Part: Array.FindIndex(PartNames, name => name.Equals(file.Name[1], StringComparison.OrdinalIgnoreCase)),
            file.Path))
        .Where(file => file.Part >= 0).GroupBy(file => file.Number)
        .ToDictionary(files => files.Key, files => files.OrderBy(file => file.Part).Select(file => (file.Part, file.Path)).ToList());

    private static Picture Paint(List<(int Part, string Path)> files, DatasetWarnings warnings)
    {
        byte[]? rgba = null;
        int width = 0, height = 0;
        foreach (var (part, path) in files)
        {
            var mask = PictureFile.Read(path);
            if (rgba is null)
            {
                (width, height) = (mask.Width, mask.Height);
                rgba = new byte[4 * width * height];
                for (int i = 3; i < rgba.Length; i += 4) { rgba[i] = 255; }
            }
            else if (mask.Width != width || mask.Height != height)
            {
                throw new McdmException("DatasetMaskSize", ErrorKind.InvalidData,
                    $"'{path}' is {mask.Width}×{mask.Height}, but the other parts of the same picture are {width}×{height}.");
            }
            bool[] isPart = PartFile.Read(mask);
            if (!isPart.Contains(true)) { warnings.Add(DatasetWarning.NoPart, path); }
            else if (!isPart.Contains(false)) { warnings.Add(DatasetWarning.AllPart, path); }
            int rgb = Parts[part].Rgb;
            for (int i = 0; i < isPart.Length; i++)
            {
                if (isPart[i]) { (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]) = ((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb); }
            }
        }
        return new Picture(width, height, rgba!);
    }
}
