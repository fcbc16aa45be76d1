using System.Diagnostics;
using Mcdm.Core.Tests.Files;
using Mcdm.Runtime.Installation;
using Xunit;

namespace Mcdm.Core.Tests.Runtime;

/// <summary>An installed libtorch is removed whole or stays whole, whoever uses it.</summary>
public sealed class LibTorchRemovalTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mcdm remove ").FullName;
    private readonly RefusingFiles _files = new();

    private string Target => Path.Combine(_root, "2.10.0-cpu-win-x64");

    private string Library => Path.Combine(Target, "torch_cpu.dll");

    public LibTorchRemovalTests()
    {
        Directory.CreateDirectory(Target);
        File.WriteAllText(Library, "library");
        File.WriteAllText(Path.Combine(Target, "c10.dll"), "library");
    }

    public void Dispose()
    {
        _files.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void One_that_nobody_uses_is_removed()
    {
        Directory.CreateDirectory(Target + ".download");
        Assert.Null(LibTorchInstaller.Remove(Target));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_root));
    }

    [Fact]
    public void One_that_is_loaded_elsewhere_stays_whole_and_says_so()
    {
        using (_files.Open(Library, letsMove: true))
        {
            var error = Assert.Throws<McdmException>(() => LibTorchInstaller.Remove(Target));
            Assert.Equal("RuntimeInUseElsewhere", error.Id);
            Assert.Contains("another program", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal([Target], Directory.GetDirectories(_root));
        Assert.Equal(2, Directory.GetFiles(Target).Length);
        Assert.Null(LibTorchInstaller.Remove(Target));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_root));
    }

    [Fact]
    public void The_process_that_uses_it_is_named()
    {
        if (!OperatingSystem.IsLinux()) { return; }
        string program = Path.Combine(Target, "sleeper");
        File.Copy("/usr/bin/sleep", program);
        using var user = Process.Start(program, "60");
        try
        {
            // Until it runs the program, it is still a copy of this process.
            Assert.True(SpinWait.SpinUntil(() => LibraryUsers.Of(Target).Count > 0, TimeSpan.FromSeconds(20)));
            var error = Assert.Throws<McdmException>(() => LibTorchInstaller.Remove(Target));
            Assert.Equal("RuntimeInUseElsewhere", error.Id);
            Assert.Contains($"sleeper ({user.Id})", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            user.Kill();
            user.WaitForExit();
        }
        Assert.True(File.Exists(Library));
    }

    [Fact]
    public void What_earlier_tries_left_is_deleted_and_what_runs_is_not()
    {
        string old = $"{Target}.999999999.unfinished", left = $"{Target}.{Environment.MachineName}.999999999.unfinished", running = $"{Target}.{Environment.MachineName}.{Environment.ProcessId}.unfinished";
        string elsewhere = $"{Target}.another.host.999999999.unfinished", other = Path.Combine(_root, "2.10.0-cuda-win-x64.999999999.unfinished");
        foreach (string folder in new[] { old, left, running, elsewhere, other }) { Directory.CreateDirectory(folder); }
        UnfinishedFolder.CleanUp(Target);
        Assert.Equal(new[] { Target, running, elsewhere, other }.Order(), Directory.GetDirectories(_root).Order());
        Directory.SetLastWriteTimeUtc(elsewhere, DateTime.UtcNow.AddDays(-2));
        UnfinishedFolder.CleanUp(Target);
        Assert.False(Directory.Exists(elsewhere));
    }
}
