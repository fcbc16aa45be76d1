using Mcdm.Imaging;
using Mcdm.Imaging.Files;

namespace Mcdm.Benchmarks.Results;

/// <summary>The pictures of a row that takes hours, each kept as it comes: a row that was interrupted goes on after the last of them.</summary>
internal sealed class PicturesSoFar
{
    private readonly string _folder;
    private readonly List<Picture> _pictures;

    /// <summary>Reads those that an earlier process left.</summary>
    /// <param name="folder">A folder of the row's own: of its settings and of what makes the pictures.</param>
    public PicturesSoFar(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        _pictures = Enumerable.Range(0, Directory.GetFiles(folder, "*.png").Length).Select(number => PictureFile.Read(PathOf(number))).ToList();
    }

    /// <summary>All there are, in the order of the row's conditions.</summary>
    public IReadOnlyList<Picture> Pictures => _pictures;

    /// <summary>Keeps the next one.</summary>
    public void Add(Picture picture)
    {
        PngFile.Write(picture, PathOf(_pictures.Count));
        _pictures.Add(picture);
    }

    /// <summary>Deletes their files: the row is complete.</summary>
    public void Delete() => Directory.Delete(_folder, recursive: true);

    private string PathOf(int number) => Path.Combine(_folder, $"{number:0000}.png");
}
