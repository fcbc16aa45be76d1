using Mcdm.Core.Tests.Imaging;
using Mcdm.Datasets;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;

namespace Mcdm.Core.Tests.Datasets;

/// <summary>A dataset folder under construction, deleted with the test.</summary>
public sealed class DatasetFiles : IDisposable
{
    public const string HairAndMouth = """[{ "name": "background", "color": "#000000" }, { "name": "hair", "color": "#ff0000" }, { "name": "mouth", "color": "#0000ff" }]""";

    public string Folder { get; } = Directory.CreateTempSubdirectory("mcdm-dataset-").FullName;

    public PictureDataset Open() => PictureDataset.Open([Folder]);

    public string PathOf(string name)
    {
        string path = Path.Combine([Folder, .. name.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    public void Text(string name, params string[] lines) => File.WriteAllLines(PathOf(name), lines);

    public void Picture(string name, int width = 4, int height = 4, PictureColor? color = null) =>
        PngFile.Write(Pictures.Filled(width, height, color ?? PictureColor.White), PathOf(name));

    /// <summary>A file with a picture's name that holds none: reading it would fail.</summary>
    public void Broken(string name) => File.WriteAllText(PathOf(name), "no picture");

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
