using System.Text.Json;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Runtime;

namespace Mcdm.Datasets;

/// <summary>
/// The layout that Mcdm's own tools write: <c>images/</c>, and beside it any of <c>sketches/</c>, <c>masks/</c> with
/// <c>parts.json</c>, <c>captions.txt</c> (file name, tab, caption; a picture may have several lines), and <c>labels.jsonl</c>
/// (attributes) with <c>phrases.json</c>. Labels have their picture's file name. A folder without <c>images/</c> is read as pictures alone.
/// </summary>
internal static class DatasetFolder
{
    public static (IReadOnlyList<DatasetItem> Items, IReadOnlyList<Part> Parts) Read(string folder)
    {
        string images = Path.Combine(folder, "images");
        var parts = ReadParts(Path.Combine(folder, "parts.json"));
        var captions = CaptionFile.Read(Path.Combine(folder, "captions.txt"));
        var labels = LabelFile.Read(Path.Combine(folder, "labels.jsonl"));
        var sketches = Pictures(Path.Combine(folder, "sketches"));
        var masks = Pictures(Path.Combine(folder, "masks"));
        if (masks.Count > 0 && parts.Count == 0)
        {
            throw new McdmException("DatasetPartsMissing", ErrorKind.NotFound, $"'{folder}' has masks but no parts.json; it lists the parts as [{{\"name\": \"hair\", \"color\": \"#8c3c14\"}}, …].");
        }
        var controls = new Dictionary<string, Dictionary<string, string>>(StringComparer.OrdinalIgnoreCase);
        string? Control(string name, string picture)
        {
            if (!controls.TryGetValue(name, out var pictures)) { controls[name] = pictures = Pictures(Path.Combine(folder, name)); }
            return pictures.GetValueOrDefault(picture);
        }
        var items = Pictures(Directory.Exists(images) ? images : folder).OrderBy(p => p.Key, StringComparer.Ordinal).Select(picture => new DatasetItem
        {
            Name = picture.Key,
            PicturePath = picture.Value,
            SketchPath = sketches.GetValueOrDefault(picture.Key),
            ReadMask = masks.TryGetValue(picture.Key, out string? mask) ? () => PictureFile.Read(mask) : null,
            ControlPath = name => Control(name, picture.Key),
            Captions = captions.GetValueOrDefault(picture.Key) ?? [],
            Labels = labels.GetValueOrDefault(picture.Key) ?? DatasetItem.NoLabels,
        }).ToList();
        return (items, parts);
    }

    /// <summary>Picture files of a folder by name without extension; none where the folder is missing.</summary>
    public static Dictionary<string, string> Pictures(string folder)
    {
        var pictures = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!Directory.Exists(folder)) { return pictures; }
        foreach (string path in Directory.EnumerateFiles(folder).Where(IsPicture))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (!pictures.TryAdd(name, path))
            {
                throw new McdmException("DatasetNameTwice", ErrorKind.InvalidData, $"'{path}' and '{pictures[name]}' have the same name, so their labels cannot be told apart; rename one.");
            }
        }
        return pictures;
    }

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
            throw new McdmException("DatasetPartsInvalid", ErrorKind.InvalidData, $"'{path}' is no list of parts such as [{{\"name\": \"hair\", \"color\": \"#8c3c14\"}}, …]: {e.Message}.", e);
        }
    }
}
