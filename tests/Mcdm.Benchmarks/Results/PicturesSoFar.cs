using Mcdm.Imaging;

namespace Mcdm.Benchmarks.Results;

/// <summary>The pictures of a row that takes hours, each kept as it comes: a row that was interrupted goes on after the last of them.</summary>
/// <param name="folder">A folder of the row's own: of its settings and of what makes the pictures.</param>
internal sealed class PicturesSoFar(string folder)
{
    /// <summary>Those that an earlier process left, then the others as they are made.</summary>
    /// <param name="rest">Makes the others; it is given the first one's number.</param>
    public IEnumerable<Picture> Then(Func<int, IEnumerable<Picture>> rest)
    {
        Directory.CreateDirectory(folder);
        int kept = Directory.GetFiles(folder, "*.png").Length;
        for (int k = 0; k < kept; k++) { yield return PictureFile.Read(PathOf(k)); }
        int next = kept;
        foreach (var picture in rest(kept))
        {
            PngFile.Write(picture, PathOf(next++));
            yield return picture;
        }
    }

    /// <summary>Deletes them: the row is complete.</summary>
    public void Delete() => Directory.Delete(folder, recursive: true);

    private string PathOf(int number) => Path.Combine(folder, $"{number:0000}.png");
}
