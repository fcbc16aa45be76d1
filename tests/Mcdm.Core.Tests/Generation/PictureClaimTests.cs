using System.Diagnostics;
using Mcdm.Core.Tests.Files;
using Mcdm.Core.Tests.Formats;
using Mcdm.Runs;
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
        Assert.Equal((Environment.MachineName, Environment.ProcessId), (owner.Host.Split(' ')[0], owner.ProcessId));
        Assert.InRange((process.StartTime.ToUniversalTime() - owner.Started).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(owner, ClaimOwner.FromText(owner.ToText()));
        Assert.All(Enumerable.Range(0, owner.ToText().Length), length => Assert.Null(ClaimOwner.FromText(owner.ToText()[..length])));
        Assert.False(owner.HasEnded);
    }

    [Fact]
    public void A_claim_of_a_process_that_has_ended_is_void()
    {
        // It waits for a line, so that it has not ended before its start is read.
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd.exe", "/c set /p line=") : new ProcessStartInfo("/bin/sh", ["-c", "read line"]);
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        using var ended = Process.Start(start)!;
        var owner = ClaimOwner.This with { ProcessId = ended.Id, Started = ended.StartTime.ToUniversalTime() };
        ended.StandardInput.Close();
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

    private static string Elsewhere => (ClaimOwner.This with { Host = "elsewhere" }).ToText();

    private void Age(double minutes) => File.SetLastWriteTimeUtc(Claims[0], DateTime.UtcNow.AddMinutes(-minutes));

    [Theory]
    [InlineData(9.8, 10, false)]
    [InlineData(10.2, 10, true)]
    [InlineData(1.8, 2, false)]
    [InlineData(2.2, 2, true)]
    [InlineData(-60, 10, false)]
    public void One_of_another_host_counts_until_it_has_not_been_renewed_for_the_limit(double age, double limit, bool isVoid)
    {
        Leave(Elsewhere);
        Age(age);
        Assert.Equal(isVoid ? 0 : 1, PictureClaim.In(_folder.Path, TimeSpan.FromMinutes(limit)).Count);
        using (var claim = PictureClaim.TryTake(Picture, TimeSpan.FromMinutes(limit))) { Assert.Equal(isVoid, claim is not null); }
        Assert.Equal(isVoid ? 0 : 1, Claims.Length);
        if (isVoid) { return; }
        PictureClaim.DeleteVoid(Picture, TimeSpan.FromMinutes(limit));
        Assert.Equal("elsewhere", PictureClaim.OwnerOf(Picture)!.Host);
    }

    [Fact]
    public void One_of_a_living_process_of_this_host_counts_however_old_it_is()
    {
        using var claim = PictureClaim.TryTake(Picture);
        Age(1000);
        Assert.Null(PictureClaim.TryTake(Picture, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Renewed_it_is_new_again_and_read_as_before()
    {
        using var claim = PictureClaim.TryTake(Picture);
        Age(1000);
        // Steps may be many a second, and file servers far away.
        claim!.Renew();
        Assert.InRange(DateTime.UtcNow - File.GetLastWriteTimeUtc(Claims[0]), TimeSpan.FromMinutes(999), TimeSpan.MaxValue);
        claim.RenewNow();
        Assert.InRange(DateTime.UtcNow - File.GetLastWriteTimeUtc(Claims[0]), TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));
        Assert.Equal(ClaimOwner.This, PictureClaim.OwnerOf(Picture));
    }

    [Fact]
    public void One_that_another_host_took_over_is_neither_renewed_nor_deleted()
    {
        using (var claim = PictureClaim.TryTake(Picture))
        {
            File.WriteAllText(Claims[0], Elsewhere);
            Age(5);
            claim!.RenewNow();
            PictureClaim.GiveUp(Picture);
        }
        Assert.Equal("elsewhere", PictureClaim.OwnerOf(Picture)!.Host);
        Assert.InRange(DateTime.UtcNow - File.GetLastWriteTimeUtc(Claims[0]), TimeSpan.FromMinutes(4), TimeSpan.MaxValue);
    }

    [Fact]
    public void One_that_is_given_up_is_free()
    {
        using var claim = PictureClaim.TryTake(Picture);
        PictureClaim.GiveUp(Picture);
        Assert.Empty(Claims);
        PictureClaim.GiveUp(Picture);
    }

    [Fact]
    public void One_that_a_program_keeps_others_from_reading_is_given_up_as_soon_as_it_lets_go()
    {
        using var files = new RefusingFiles();
        using var claim = PictureClaim.TryTake(Picture);
        var reader = files.Open(Claims[0], letsMove: true, letsRead: false);
        files.Waiting = () => { if (files.Waited > TimeSpan.FromSeconds(0.4)) { reader.Dispose(); } };
        claim!.Dispose();
        Assert.Empty(Claims);
    }

    [Fact]
    public void A_process_that_nobody_has_asked_for_since_it_ended_has_ended()
    {
        if (!OperatingSystem.IsLinux()) { return; }
        // exec: the parent becomes a program that never asks for its child.
        using var parent = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "sleep 0.01 & echo $!; exec sleep 60"]) { RedirectStandardOutput = true })!;
        try
        {
            int child = int.Parse(parent.StandardOutput.ReadLine()!);
            SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{child}/stat").Contains(") Z", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
            using var process = Process.GetProcessById(child);
            Assert.True((ClaimOwner.This with { ProcessId = child, Started = process.StartTime.ToUniversalTime() }).HasEnded);
        }
        finally
        {
            parent.Kill();
        }
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
    public async Task One_that_is_given_up_while_another_asks_for_it_is_no_error()
    {
        string file;
        using (PictureClaim.TryTake(Picture)) { file = Claims[0]; }
        string text = ClaimOwner.This.ToText();
        using var done = new CancellationTokenSource();
        // A claim that is there when it is to be created may be gone when it is looked for.
        var others = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                try
                {
                    File.WriteAllText(file, text);
                    File.Delete(file);
                }
                catch (Exception e) when (OperatingSystem.IsWindows() && e is IOException or UnauthorizedAccessException)
                {
                    // Just being looked at.
                }
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 3000; i++) { PictureClaim.TryTake(Picture)?.Dispose(); }
        })));
        done.Cancel();
        await others;
    }

    [Fact]
    public void A_folder_that_takes_no_file_is_an_error()
    {
        File.WriteAllText(_folder.File("file"), "");
        Assert.Equal("OutputUnwritable", Assert.Throws<McdmException>(() => PictureClaim.TryTake(Path.Combine(_folder.File("file"), "face.png"))).Id);
    }
}
