using Mcdm.Core.Tests.Formats;
using Mcdm.Core.Tests.Imaging;
using Mcdm.Display.Gallery;
using Mcdm.Files;
using Mcdm.Imaging.Files;
using Xunit;

namespace Mcdm.Core.Tests.Files;

/// <summary>Files that other programs have open, as on Windows, where they cannot be replaced meanwhile.</summary>
public sealed class OpenElsewhereTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RefusingFiles _files = new();

    private string Path => _folder.File("a.txt");

    public OpenElsewhereTests() => File.WriteAllText(Path, "old");

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_reader_that_closes_in_time_is_waited_for()
    {
        var reader = _files.Open(Path);
        _files.Waiting = () => { if (_files.Waited > TimeSpan.FromSeconds(2)) { reader.Dispose(); } };
        AtomicFile.WriteText(Path, "new");
        Assert.Equal("new", File.ReadAllText(Path));
        Assert.InRange(_files.Waited.TotalSeconds, 2, 3);
        Assert.Equal(["a.txt"], _folder.Names);
    }

    [Fact]
    public void A_file_whose_reader_lets_it_go_is_moved_aside()
    {
        using var reader = _files.Open(Path, letsMove: true);
        AtomicFile.WriteText(Path, "new");
        Assert.Equal("new", File.ReadAllText(Path));
        Assert.Equal(["a.txt"], _folder.Names);
    }

    [Fact]
    public void A_reader_that_stays_is_told_of_and_nothing_is_changed()
    {
        using var reader = _files.Open(Path);
        var error = Assert.Throws<FileInUseException>(() => AtomicFile.WriteText(Path, "new"));
        Assert.StartsWith($"another program has '{Path}' open", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(Path));
        Assert.Equal(["a.txt"], _folder.Names);
        Assert.InRange(_files.Waited.TotalSeconds, 5, 6);
    }

    [Fact]
    public void What_is_wrong_otherwise_is_not_waited_for()
    {
        Directory.CreateDirectory(_folder.File("b"));
        Assert.ThrowsAny<Exception>(() => AtomicFile.WriteText(_folder.File("b"), "new"));
        Assert.Equal(TimeSpan.Zero, _files.Waited);
    }

    [Fact]
    public void Files_that_belong_together_are_all_replaced_or_none()
    {
        File.WriteAllText(_folder.File("b.txt"), "old");
        using (var staged = Staged())
        using (_files.Open(_folder.File("b.txt")))
        {
            Assert.Throws<FileInUseException>(staged.Commit);
        }
        Assert.Equal(("old", "old"), (File.ReadAllText(Path), File.ReadAllText(_folder.File("b.txt"))));
        Assert.Equal(["a.txt", "b.txt"], _folder.Names);
        using (var staged = Staged())
        using (_files.Open(Path, letsMove: true))
        {
            staged.Commit();
        }
        Assert.Equal(("new", "new"), (File.ReadAllText(Path), File.ReadAllText(_folder.File("b.txt"))));
        Assert.Equal(["a.txt", "b.txt"], _folder.Names);
    }

    private StagedFiles Staged()
    {
        var staged = new StagedFiles();
        foreach (string path in new[] { Path, _folder.File("b.txt") }) { File.WriteAllText(staged.For(path), "new"); }
        return staged;
    }

    [Fact]
    public void A_picture_and_a_gallery_say_who_is_in_the_way()
    {
        string picture = _folder.File("p.png"), page = _folder.File("g.html");
        PngFile.Write(Pictures.Filled(4, 4, Pictures.Black), picture);
        GalleryPage.Write(page, [], "old");
        string before = File.ReadAllText(page);
        using (_files.Open(picture))
        using (_files.Open(page))
        {
            var error = Assert.Throws<McdmException>(() => OutputFile.Write(picture, () => [1], overwrite: true));
            Assert.Equal("OutputUnwritable", error.Id);
            Assert.Contains("another program has", error.Message, StringComparison.Ordinal);
            Assert.Contains("another program has", Assert.Throws<McdmException>(() => GalleryPage.Write(page, [], "new")).Message, StringComparison.Ordinal);
        }
        Assert.Equal(before, File.ReadAllText(page));
        OutputFile.Write(picture, () => [1], overwrite: true);
        Assert.Equal([1], File.ReadAllBytes(picture));
        Assert.Equal(["a.txt", "g.html", "p.png"], _folder.Names);
    }
}
