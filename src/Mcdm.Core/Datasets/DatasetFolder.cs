using System.Text.Json;
using Mcdm.Files;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Json;
using Mcdm.Modalities;

namespace Mcdm.Datasets;

/// <summary>
/// The layout that Mcdm's own tools write: <c>images/</c>, and beside it any of <c>sketches/</c>, <c>masks/</c> with
/// <c>parts.json</c>, <c>captions.txt</c> (file name, tab, caption; a picture may have several lines), and <c>labels.jsonl</c>
/// (attributes) with <c>phrases.json</c>. Labels have their picture's file name. A folder without <c>images/</c> is read as pictures alone.
/// </summary>
internal static class DatasetFolder
{
    /// <summary>The folders whose meaning is fixed; pictures in others are control pictures.</summary>
    public static IReadOnlyList<string> OwnFolders { get; } = ["images", "sketches", "masks"];

    public static (IReadOnlyList<DatasetItem> Items, IReadOnlyList<Part> Parts) Read(string folder, DatasetWarnings warnings, LostLabels lost)
    {
        string images = Path.Combine(folder, "images");
        var pictures = Pictures(Directory.Exists(images) ? images : folder);
        var names = new PictureNames(pictures.Keys);
        var parts = ReadParts(Path.Combine(folder, "parts.json"));
        var captions = names.Matched(CaptionFile.Read(Path.Combine(folder, "captions.txt")), "captions", lost.Of("captions"),
            (some, more) => [.. some, .. more]);
        var labels = names.Matched(LabelFile.Read(Path.Combine(folder, "labels.jsonl")), "attributes", lost.Of("attributes"));
        var sketches = names.Matched(Pictures(Path.Combine(folder, "sketches")), "sketches", lost.Of("sketches"));
        var masks = names.Matched(Pictures(Path.Combine(folder, "masks")), "masks", lost.Of("masks"));
        if (masks.Count > 0 && parts.Count == 0)
        {
            throw new McdmException("DatasetPartsMissing", ErrorKind.NotFound,
                $"'{folder}' has masks but no parts.json; it lists the parts as [{{\"name\": \"hair\", \"color\": \"#8c3c14\"}}, …].");
        }
        var controls = new Dictionary<string, Dictionary<string, string>>(StringComparer.OrdinalIgnoreCase);
        string? Control(string name, string picture)
        {
            if (!controls.TryGetValue(name, out var files))
            {
                controls[name] = files = names.Matched(Pictures(Path.Combine(folder, name)), $"pictures of {name}", _ => { });
            }
            return files.GetValueOrDefault(picture);
        }
        var items = pictures.OrderBy(p => p.Key, StringComparer.Ordinal).Select(picture => new DatasetItem
        {
            Name = picture.Key,
            PicturePath = picture.Value,
            SketchPath = sketches.GetValueOrDefault(picture.Key),
            ReadMask = masks.TryGetValue(picture.Key, out string? mask) ? () => ReadMask(mask, picture.Value, warnings) : null,
            MaskPath = mask,
            Warnings = warnings,
            ControlPath = name => Control(name, picture.Key),
            Captions = captions.GetValueOrDefault(picture.Key) ?? [],
            Labels = labels.GetValueOrDefault(picture.Key) ?? DatasetItem.NoLabels,
        }).ToList();
        return (items, parts);
    }

    private static Picture ReadMask(string path, string picturePath, DatasetWarnings warnings)
    {
        var mask = LabelShape.Checked(PictureFile.Read(path), path, picturePath);
        if (mask.IsLossy) { warnings.Add(DatasetWarning.LossyMask, path); }
        return mask;
    }

    /// <summary>Picture files of a folder by name without extension, in order of their names, without hidden ones; none where the folder is missing.</summary>
    public static Dictionary<string, string> Pictures(string folder)
    {
        var pictures = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in PictureFiles(folder, deep: false))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (!pictures.TryAdd(name, path))
            {
                throw new McdmException("DatasetNameTwice", ErrorKind.InvalidData,
                    $"'{path}' and '{pictures[name]}' have the same name, so their labels cannot be told apart; rename one.");
            }
        }
        return pictures;
    }

    /// <summary>
    /// Picture files of a folder, in order of their names. Hidden files and folders hold none, whatever their names end with: a Mac keeps a
    /// <c>._1.png</c> of its own beside
    /// each <c>1.png</c> that it copies, and a folder <c>__MACOSX</c> of them in archives.
    /// </summary>
    /// <param name="folder">The folder; it may be missing.</param>
    /// <param name="deep">Whether the folders in it count too.</param>
    public static IEnumerable<string> PictureFiles(string folder, bool deep)
    {
        if (!Directory.Exists(folder)) { return []; }
        var files = Directory.EnumerateFiles(folder, "*",
            new EnumerationOptions { IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System })
            .Where(path => IsPicture(path) && !IsHidden(path)).Order(StringComparer.Ordinal);
        return !deep ? files : files
            .Concat(Directory.EnumerateDirectories(folder).Where(path => !IsHidden(path)).Order(StringComparer.Ordinal)
            .SelectMany(path => PictureFiles(path, deep)));
    }

    private static bool IsHidden(string path) => Path.GetFileName(path) is ['.', ..] or "__MACOSX";

    /// <summary>A picture's name as labels are matched by it: without a picture's extension, other dots kept.</summary>
    public static string NameOf(string file) => IsPicture(file) ? Path.GetFileNameWithoutExtension(file) : Path.GetFileName(file);

    private static bool IsPicture(string path) => PictureFile.Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static IReadOnlyList<Part> ReadParts(string path)
    {
        if (!File.Exists(path)) { return []; }
        try
        {
            var parts = JsonSerializer.Deserialize<List<Part>>(TextFile.ReadAll(path), ModelJson.Options) ?? [];
            return Part.Problem(parts) is { } problem ? throw new JsonException(problem) : parts;
        }
        catch (JsonException e)
        {
            throw new McdmException("DatasetPartsInvalid", ErrorKind.InvalidData,
                $"'{path}' is no list of parts such as [{{\"name\": \"hair\", \"color\": \"#8c3c14\"}}, …]: {e.Message}.", e);
        }
    }
}
