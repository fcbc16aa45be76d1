using System.Diagnostics;
using Mcdm.Core.Tests.Formats;
using Mcdm.Generation;
using Xunit;

namespace Mcdm.Core.Tests.Generation;

public sealed class PictureClaimTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Picture => _folder.File("face-1.png");

    private string[] Claims => Directory.GetFiles(Path.GetDirectoryName(Picture)!, ".mcdm-*.claim");

    public void Dispose() => _folder.Dispose();

    /// <summary>A claim as another process would have left it.</summary>
    private void Leave(string text)
    {
        using var claim = PictureClaim.TryTake(Picture)!;
        File.WriteAllText(Claims[0] + "x", text);
        string file = Claims[0];
        claim.Dispose();
        File.Move(file + "x", file);
    }

    [Fact]
    public void A_picture_is_claimed_once_until_the_claim_is_given_up()
    {
        using (var claim = PictureClaim.TryTake(Picture))
        {
            Assert.Equal(Picture, claim!.Picture);
            Assert.Null(PictureClaim.TryTake(Picture));
            Assert.Equal(ClaimOwner.This, PictureClaim.OwnerOf(Picture));
            using var other = PictureClaim.TryTake(_folder.File("face-2.png"));
            Assert.NotNull(other);
        }
        Assert.Empty(Claims);
        using var again = PictureClaim.TryTake(Picture);
        Assert.NotNull(again);
    }

    [Fact]
    public void The_owner_is_host_process_and_start_and_comes_back_from_text()
    {
        var owner = ClaimOwner.This;
        using var process = Process.GetCurrentProcess();
        Assert.Equal((Environment.MachineName, Environment.ProcessId), (owner.Host, owner.ProcessId));
        Assert.InRange((process.StartTime.ToUniversalTime() - owner.Started).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(owner, ClaimOwner.FromText(owner.ToText()));
        Assert.All(Enumerable.Range(0, owner.ToText().Length), length => Assert.Null(ClaimOwner.FromText(owner.ToText()[..length])));
        Assert.False(owner.HasEnded);
    }

    [Fact]
    public void A_claim_of_a_process_that_has_ended_is_void()
    {
        using var ended = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        var owner = ClaimOwner.This with { ProcessId = ended.Id, Started = ended.StartTime.ToUniversalTime() };
        ended.WaitForExit();
        Assert.True(owner.HasEnded);
        Leave(owner.ToText());
        using var claim = PictureClaim.TryTake(Picture);
        Assert.NotNull(claim);
        Assert.Equal(ClaimOwner.This, PictureClaim.OwnerOf(Picture));
    }

    [Fact]
    public void So_is_one_whose_process_has_another_start_but_not_one_of_another_host()
    {
        Leave((ClaimOwner.This with { Started = ClaimOwner.This.Started.AddHours(-1) }).ToText());
        using (var claim = PictureClaim.TryTake(Picture)) { Assert.NotNull(claim); }
        Leave((ClaimOwner.This with { Host = "elsewhere", Started = ClaimOwner.This.Started.AddHours(-1) }).ToText());
        Assert.Null(PictureClaim.TryTake(Picture));
    }

    [Fact]
    public void One_that_is_not_whole_is_being_written_or_was_left_long_ago()
    {
        Leave("");
        Assert.Null(PictureClaim.TryTake(Picture));
        File.SetLastWriteTimeUtc(Claims[0], DateTime.UtcNow.AddMinutes(-1));
        using var claim = PictureClaim.TryTake(Picture);
        Assert.NotNull(claim);
    }

    [Fact]
    public void A_void_claim_on_a_picture_that_is_there_goes_and_a_live_one_stays()
    {
        Leave((ClaimOwner.This with { Started = ClaimOwner.This.Started.AddHours(-1) }).ToText());
        PictureClaim.DeleteVoid(Picture);
        Assert.Empty(Claims);
        using var claim = PictureClaim.TryTake(Picture);
        PictureClaim.DeleteVoid(Picture);
        Assert.Single(Claims);
    }

    [Fact]
    public void Of_many_that_find_a_void_claim_one_gets_it()
    {
        for (int round = 0; round < 20; round++)
        {
            Leave((ClaimOwner.This with { Started = ClaimOwner.This.Started.AddHours(-1) }).ToText());
            var taken = new PictureClaim?[8];
            using var start = new Barrier(taken.Length);
            var threads = Enumerable.Range(0, taken.Length).Select(i => new Thread(() => { start.SignalAndWait(); taken[i] = PictureClaim.TryTake(Picture); })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            Assert.Single(taken, claim => claim is not null);
            foreach (var claim in taken) { claim?.Dispose(); }
        }
    }

    [Fact]
    public void A_folder_that_takes_no_file_is_an_error()
    {
        File.WriteAllText(_folder.File("file"), "");
        Assert.Equal("OutputUnwritable", Assert.Throws<McdmException>(() => PictureClaim.TryTake(Path.Combine(_folder.File("file"), "face.png"))).Id);
    }
}
