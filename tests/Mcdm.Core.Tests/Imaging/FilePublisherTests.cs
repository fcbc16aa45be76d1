using Mcdm.Core.Tests.Formats;
using Mcdm.Files;
using Xunit;

namespace Mcdm.Core.Tests.Imaging;

/// <summary>Files that are written aside and get their place only where nobody has it.</summary>
public sealed class FilePublisherTests : IDisposable
{
    private const int NotPermitted = 1;

    private static readonly FilePublisher.Way s_cannot = (_, _) => NotPermitted;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        return _folder.File(name);
    }

    [Fact]
    public void A_free_place_is_taken_and_nothing_is_left_aside()
    {
        FilePublisher.Publish(Write("a", "first"), _folder.File("picture"));
        Assert.Equal(["picture"], _folder.Names);
        Assert.Equal("first", File.ReadAllText(_folder.File("picture")));
    }

    [Fact]
    public void Whoever_comes_first_keeps_the_place()
    {
        Write("picture", "first");
        Assert.Throws<IOException>(() => FilePublisher.Publish(Write("a", "second"), _folder.File("picture")));
        Assert.Equal("first", File.ReadAllText(_folder.File("picture")));
    }

    [Fact]
    public void Of_many_at_once_one_gets_the_place_and_the_others_are_told()
    {
        for (int round = 0; round < 50; round++)
        {
            string picture = _folder.File($"picture{round}");
            using var start = new Barrier(8);
            var won = new bool[8];
            var threads = Enumerable.Range(0, won.Length).Select(i => new Thread(() =>
            {
                string written = Write($"{round}-{i}", $"{i}");
                start.SignalAndWait();
                try
                {
                    FilePublisher.Publish(written, picture);
                    won[i] = true;
                }
                catch (IOException)
                {
                    // Told.
                }
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            Assert.Equal($"{Array.IndexOf(won, true)}", File.ReadAllText(picture));
            Assert.Single(won, w => w);
        }
    }

    [Fact]
    public void Where_no_way_is_one_move_it_is_said_and_files_get_their_places_all_the_same()
    {
        Assert.True(OutputFolder.KeepsFirst(_folder.Path));
        Assert.False(FilePublisher.IsOneMoveIn(_folder.Path, [s_cannot]));
        Assert.Empty(_folder.Names);
        FilePublisher.Publish(Write("a", "first"), _folder.File("picture"), [s_cannot, s_cannot]);
        Assert.Throws<IOException>(() => FilePublisher.Publish(Write("b", "second"), _folder.File("picture"), [s_cannot]));
        Assert.Equal("first", File.ReadAllText(_folder.File("picture")));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error() =>
        Assert.ThrowsAny<IOException>(() => FilePublisher.Publish(Write("a", ""), Path.Combine(_folder.File("no"), "picture")));
}
