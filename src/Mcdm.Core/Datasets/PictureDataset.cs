using Mcdm.Imaging.Files;
using Mcdm.Modalities;

namespace Mcdm.Datasets;

/// <summary>Pictures with any subset of modalities, read lazily from one or more folders.</summary>
public sealed class PictureDataset
{
    private PictureDataset(IReadOnlyList<string> folders, IReadOnlyList<DatasetItem> items, IReadOnlyList<Part> parts, DatasetWarnings warnings)
    {
        Folders = folders;
        Warnings = warnings;
        Items = items;
        Parts = parts;
        Attributes = AttributesOf(items);
        var names = items.SelectMany(item => item.Labels.Keys).ToHashSet(StringComparer.Ordinal);
        Phrases = folders.SelectMany(folder => PhraseFile.Read(Path.Combine(folder, "phrases.json"), names))
            .Select(phrase => phrase.Within(Attributes)).OfType<Phrase>().DistinctBy(phrase => (phrase.Attribute, phrase.Words)).ToList();
    }

    /// <summary>The folders it was read from.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>The pictures, folder by folder, in order of their names.</summary>
    public IReadOnlyList<DatasetItem> Items { get; }

    /// <summary>The classes of its masks; none where it has no masks.</summary>
    public IReadOnlyList<Part> Parts { get; }

    /// <summary>What its labels tell of pictures, with the values that occur, in order of their names; none where it has no labels.</summary>
    public IReadOnlyList<AttributeDefinition> Attributes { get; }

    /// <summary>How its captions state the attributes; none where it does not say.</summary>
    public IReadOnlyList<Phrase> Phrases { get; }

    /// <summary>Names of the folders that hold control pictures, in order.</summary>
    public IReadOnlyList<string> ControlFolders => Folders.Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories)
        .Select(folder => Path.GetFileName(folder)).Except(s_ownFolders).Where(name => Items.Any(item => item.ControlPicture(name) is not null))
        .Order(StringComparer.Ordinal).ToList();

    /// <summary>Folders whose pictures have a meaning of their own.</summary>
    private static readonly string[] s_ownFolders = ["images", "sketches", "masks"];

    /// <summary>Number of pictures.</summary>
    public int Pictures => Items.Count;

    /// <summary>Pictures with a drawn sketch; any other picture's sketch is its edge map.</summary>
    public int Sketches => Items.Count(item => item.SketchPath is not null);

    /// <summary>Pictures with a mask.</summary>
    public int Masks => Items.Count(item => item.ReadMask is not null);

    /// <summary>Pictures with at least one caption.</summary>
    public int Captioned => Items.Count(item => item.Captions.Count > 0);

    /// <summary>Pictures with the value of at least one attribute.</summary>
    public int Labelled => Items.Count(item => item.Labels.Count > 0);

    /// <summary>Names of its folders of control pictures, such as <c>depth</c>.</summary>
    public IReadOnlyList<string> Controls => Folders.SelectMany(folder => Directory.EnumerateDirectories(folder))
        .Select(folder => Path.GetFileName(folder))
        .Except(DatasetFolder.OwnFolders).Where(name => With(Modality.Picture, name).Count > 0).ToList();

    /// <summary>What reading its files showed that may not be meant, such as a sketch without a line.</summary>
    public DatasetWarnings Warnings { get; }

    /// <summary>Reads what folders hold, without decoding a picture.</summary>
    /// <param name="folders">The folders.</param>
    /// <param name="warn">Told, in a sentence a folder, of labels that belong to no picture.</param>
    /// <exception cref="McdmException">
    /// A folder is missing or holds no pictures, two folders' masks have different parts, or two labels belong to one picture.
    /// </exception>
    public static PictureDataset Open(IReadOnlyList<string> folders, Action<string>? warn = null)
    {
        var warnings = new DatasetWarnings();
        var items = new List<DatasetItem>();
        IReadOnlyList<Part> parts = [];
        foreach (string folder in folders)
        {
            if (!Directory.Exists(folder))
            {
                throw new McdmException("DatasetNotFound", ErrorKind.NotFound, $"There is no dataset folder '{folder}'.");
            }
            var lost = new LostLabels();
            var (found, foundParts) = CelebAMaskFolder.IsLayoutOf(folder) ? CelebAMaskFolder.Read(folder, warnings, lost)
                : DatasetFolder.Read(folder, warnings, lost);
            if (found.Count == 0)
            {
                throw new McdmException("DatasetEmpty", ErrorKind.InvalidData,
                    $"'{folder}' holds no pictures; a dataset folder has them in 'images' or directly ({string.Join(", ", PictureFile.Extensions)}).");
            }
            if (parts.Count > 0 && foundParts.Count > 0 && !parts.SequenceEqual(foundParts))
            {
                throw new McdmException("DatasetPartsDiffer", ErrorKind.InvalidData,
                    $"The masks of '{folder}' have other parts ({string.Join(", ", foundParts)}) than those before ({string.Join(", ", parts)}); train on "
                    + "one kind at a time.");
            }
            if (foundParts.Count > 0) { parts = foundParts; }
            items.AddRange(found);
            if (lost.Sentence(folder) is { } sentence) { warn?.Invoke(sentence); }
        }
        return new PictureDataset(folders, items, parts, warnings);
    }

    /// <summary>The items that can train a judge: those with attributes or a mask.</summary>
    public IReadOnlyList<DatasetItem> Judged => Items
        .Where(item => item.ReadMask is not null || item.Labels.Keys.Any(name => Attributes.Any(attribute => attribute.Name == name))).ToList();

    /// <summary>The items that can train an expert of a modality (null: unconditional).</summary>
    /// <param name="modality">The modality.</param>
    /// <param name="expert">Name of the expert; null for the modality's own.</param>
    public IReadOnlyList<DatasetItem> With(Modality? modality, string? expert = null) =>
        modality is null ? Items : Items.Where(item => modality.IsIn(item, expert ?? modality.ExpertName)).ToList();

    private static IReadOnlyList<AttributeDefinition> AttributesOf(IReadOnlyList<DatasetItem> items) => items
        .SelectMany(item => item.Labels).Where(label => label.Value is not null)
        .GroupBy(label => label.Key, label => label.Value!, StringComparer.Ordinal)
        .Select(values => new AttributeDefinition(values.Key, values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList()))
        .Where(attribute => attribute.Values.Count > 1)
        .OrderBy(attribute => attribute.Name, StringComparer.Ordinal).ToList();
}
