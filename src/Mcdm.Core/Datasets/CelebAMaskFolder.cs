using System.Globalization;
using Mcdm.Imaging;
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
        PartNames.Select((name, i) => new Part(name, i == 0 ? "#000000" : $"#{(40 + i * 67 % 200):x2}{(30 + i * 101 % 210):x2}{(50 + i * 149 % 190):x2}")).ToList();

    public static bool IsLayoutOf(string folder) => Directory.Exists(Path.Combine(folder, Images));

    public static (IReadOnlyList<DatasetItem> Items, IReadOnlyList<Part> Parts) Read(string folder)
    {
        var captions = CaptionFile.Read(Path.Combine(folder, "captions.txt"));
        var masks = Masks(Path.Combine(folder, Annotations));
        var items = DatasetFolder.Pictures(Path.Combine(folder, Images))
            .OrderBy(picture => picture.Key.Length).ThenBy(picture => picture.Key, StringComparer.Ordinal)
            .Select(picture => new DatasetItem
            {
                Name = picture.Key,
                PicturePath = picture.Value,
                ReadMask = int.TryParse(picture.Key, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && masks.TryGetValue(number, out var files) ? () => Paint(files) : null,
                Captions = captions.GetValueOrDefault(picture.Key) ?? [],
            }).ToList();
        return (items, masks.Count > 0 ? Parts : []);
    }

    private static Dictionary<int, List<(int Part, string Path)>> Masks(string folder)
    {
        var masks = new Dictionary<int, List<(int, string)>>();
        if (!Directory.Exists(folder)) { return masks; }
        foreach (string path in Directory.EnumerateFiles(folder, "*.png", SearchOption.AllDirectories))
        {
            string[] name = Path.GetFileNameWithoutExtension(path).Split('_', 2);
            int part = name.Length == 2 ? Array.IndexOf(PartNames, name[1]) : -1;
            if (part < 0 || !int.TryParse(name[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number)) { continue; }
            if (!masks.TryGetValue(number, out var files)) { masks[number] = files = []; }
            files.Add((part, path));
        }
        return masks;
    }

    private static Picture Paint(List<(int Part, string Path)> files)
    {
        byte[]? rgba = null;
        int width = 0, height = 0;
        foreach (var (part, path) in files.OrderBy(file => file.Part))
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
                throw new McdmException("DatasetMaskSize", ErrorKind.InvalidData, $"'{path}' is {mask.Width}×{mask.Height}, but the other parts of the same picture are {width}×{height}.");
            }
            int rgb = Parts[part].Rgb;
            for (int i = 0; i < rgba.Length; i += 4)
            {
                if (mask.Rgba[i] < 128) { continue; }
                (rgba[i], rgba[i + 1], rgba[i + 2]) = ((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb);
            }
        }
        return new Picture(width, height, rgba!);
    }
}
