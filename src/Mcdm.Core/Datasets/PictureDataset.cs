using Mcdm.Modalities;

namespace Mcdm.Datasets;

/// <summary>Pictures with any subset of modalities, read lazily from one or more folders.</summary>
public sealed class PictureDataset
{
    private PictureDataset(IReadOnlyList<string> folders, IReadOnlyList<DatasetItem> items, IReadOnlyList<Part> parts)
    {
        Folders = folders;
        Items = items;
        Parts = parts;
    }

    /// <summary>The folders it was read from.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>The pictures, folder by folder, in order of their names.</summary>
    public IReadOnlyList<DatasetItem> Items { get; }

    /// <summary>The classes of its masks; none where it has no masks.</summary>
    public IReadOnlyList<Part> Parts { get; }

    /// <summary>Number of pictures.</summary>
    public int Pictures => Items.Count;

    /// <summary>Pictures with a drawn sketch; any other picture's sketch is its edge map.</summary>
    public int Sketches => Items.Count(item => item.SketchPath is not null);

    /// <summary>Pictures with a mask.</summary>
    public int Masks => Items.Count(item => item.ReadMask is not null);

    /// <summary>Pictures with at least one caption.</summary>
    public int Captioned => Items.Count(item => item.Captions.Count > 0);

    /// <summary>Reads what folders hold, without decoding a picture.</summary>
    /// <exception cref="McdmException">A folder is missing or holds no pictures, or two folders' masks have different parts.</exception>
    public static PictureDataset Open(IReadOnlyList<string> folders)
    {
        var items = new List<DatasetItem>();
        IReadOnlyList<Part> parts = [];
        foreach (string folder in folders)
        {
            if (!Directory.Exists(folder))
            {
                throw new McdmException("DatasetNotFound", ErrorKind.NotFound, $"There is no dataset folder '{folder}'.");
            }
            var (found, foundParts) = CelebAMaskFolder.IsLayoutOf(folder) ? CelebAMaskFolder.Read(folder) : DatasetFolder.Read(folder);
            if (found.Count == 0)
            {
                throw new McdmException("DatasetEmpty", ErrorKind.InvalidData, $"'{folder}' holds no pictures; a dataset folder has them in 'images' or directly ({string.Join(", ", DatasetFolder.PictureExtensions)}).");
            }
            if (parts.Count > 0 && foundParts.Count > 0 && !parts.SequenceEqual(foundParts))
            {
                throw new McdmException("DatasetPartsDiffer", ErrorKind.InvalidData, $"The masks of '{folder}' have other parts ({string.Join(", ", foundParts)}) than those before ({string.Join(", ", parts)}); train on one kind at a time.");
            }
            if (foundParts.Count > 0) { parts = foundParts; }
            items.AddRange(found);
        }
        return new PictureDataset(folders, items, parts);
    }

    /// <summary>The items that can train an expert of a modality (null: unconditional): every picture has edges, so every picture has a sketch.</summary>
    public IReadOnlyList<DatasetItem> With(Modality? modality) => modality switch
    {
        Modality.Segment => Items.Where(item => item.ReadMask is not null).ToList(),
        Modality.Text => Items.Where(item => item.Captions.Count > 0).ToList(),
        _ => Items,
    };
}
