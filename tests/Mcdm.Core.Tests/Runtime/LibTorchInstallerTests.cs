using System.Security.Cryptography;
using System.Text;
using Mcdm.Runtime;
using Mcdm.Runtime.Installation;
using Xunit;

namespace Mcdm.Tests.Runtime;

/// <summary>Made-up packages from a source on this machine: whole or not at all, and every try goes on where the last one ended.</summary>
public sealed class LibTorchInstallerTests : IDisposable
{
    private const string Platform = "linux-x64";
    private static readonly string s_library = OperatingSystem.IsWindows() ? "torch_cpu.dll" : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so";
    private readonly string _folder = Directory.CreateTempSubdirectory("mcdm install ").FullName;
    private readonly PackageServer _server = new();

    public LibTorchInstallerTests() => _server.Configure(_folder);

    private string Target => Path.Combine(_folder, "data", "libtorch");

    private static byte[] Random(int seed, int count)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private void Install(string backend, params LibTorchPackage[] packages) =>
        LibTorchInstaller.Install(new LibTorchPackages(backend, Platform, packages), Target, _folder, (_, _, _) => { }, CancellationToken.None);

    private McdmException Fails(string id, params LibTorchPackage[] packages)
    {
        var error = Assert.Throws<McdmException>(() => Install("cpu", packages));
        Assert.Equal(id, error.Id);
        Assert.False(Directory.Exists(Target));
        Assert.DoesNotContain(Directory.GetDirectories(Path.GetDirectoryName(Target)!), folder => folder.EndsWith(".unfinished", StringComparison.Ordinal));
        return error;
    }

    private LibTorchPackage AddCpu(int size = 300_000) => _server.Add("libtorch-cpu-linux-x64",
        ($"runtimes/{Platform}/native/{s_library}", Random(1, size)), ($"runtimes/{Platform}/native/libtorch_python.so", Random(2, 10)), ("runtimes/win-x64/native/other.dll", Random(3, 10)));

    [Fact]
    public void What_the_module_needs_of_this_platform_is_installed()
    {
        Install("cpu", AddCpu());
        Assert.Equal([s_library], Directory.GetFiles(Target).Select(Path.GetFileName));
        Assert.Equal(Random(1, 300_000), File.ReadAllBytes(Path.Combine(Target, s_library)));
        Assert.Equal([Target], Directory.GetDirectories(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void An_interrupted_download_goes_on_from_there()
    {
        var package = AddCpu();
        _server.BreakAfter = 200_000;
        var error = Fails("RuntimeDownloadFailed", package);
        Assert.Contains("made-up", error.Message, StringComparison.Ordinal);
        Install("cpu", package);
        Assert.Equal(0, _server.Ranges[0]);
        Assert.Equal(2, _server.Ranges.Count);
        Assert.InRange(_server.Ranges[1], 1, 200_000);
        Assert.Equal(Random(1, 300_000), File.ReadAllBytes(Path.Combine(Target, s_library)));
    }

    [Fact]
    public void Another_file_than_was_recorded_is_refused_and_not_kept()
    {
        var package = AddCpu();
        Fails("RuntimeHashDiffers", package with { Sha512 = Convert.ToBase64String(new byte[64]) });
        Install("cpu", package);
        Assert.Equal([0, 0], _server.Ranges);
    }

    [Fact]
    public void A_package_that_no_source_has_is_an_error_that_names_the_sources() =>
        Assert.Contains("made-up: not there", Fails("RuntimePackageNotFound", new LibTorchPackage("libtorch-none", "2.10.0", "")).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_a_network_the_error_says_so()
    {
        var package = AddCpu();
        _server.Dispose();
        Assert.Contains("is there a network", Fails("RuntimePackageNotFound", package).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_an_error_and_nothing_is_installed()
    {
        if (!OperatingSystem.IsLinux()) { return; }
        var package = AddCpu();
        Directory.CreateDirectory(Target + ".download");
        File.CreateSymbolicLink(Path.Combine(Target + ".download", $"{package.Id}.{package.Version}.nupkg.part"), "/dev/full");
        Assert.Contains("No space left", Fails("RuntimeNotWritten", package).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_package_is_refused() => Fails("RuntimePackageBroken", Plain("no package"));

    [Fact]
    public void Packages_restored_before_need_no_source()
    {
        var package = AddCpu();
        Install("cpu", package);
        string restored = Path.Combine(_folder, "restored", package.Id, package.Version);
        Directory.CreateDirectory(restored);
        Directory.Delete(Target, recursive: true);
        _server.BreakAfter = 1;
        File.WriteAllBytes(Path.Combine(restored, $"{package.Id}.{package.Version}.nupkg"), _server.Content(package.Id));
        Install("cpu", package);
        Assert.Single(_server.Ranges);
        Assert.True(File.Exists(Path.Combine(Target, s_library)));
    }

    [Fact]
    public void The_fragments_of_large_libraries_are_joined_in_order_and_checked()
    {
        byte[] whole = Random(5, 120_000);
        var packages = Cuda(whole, whole);
        Install("cuda", packages);
        Assert.Equal(whole, File.ReadAllBytes(Path.Combine(Target, "libtorch_cuda.so")));
        Assert.DoesNotContain(Directory.GetFiles(Target), file => file.EndsWith(".sha", StringComparison.Ordinal) || file.Contains(".fragment", StringComparison.Ordinal));
    }

    [Fact]
    public void Fragments_that_do_not_make_the_whole_are_refused()
    {
        byte[] whole = Random(5, 120_000);
        Assert.Contains("another hash", Fails("RuntimePackageBroken", Cuda(whole, Random(6, 120_000))).Message, StringComparison.Ordinal);
        Assert.Contains("a fragment is missing", Fails("RuntimePackageBroken", [.. Cuda(whole, whole).Where(package => !package.Id.EndsWith("fragment1", StringComparison.Ordinal))]).Message, StringComparison.Ordinal);
        Assert.Contains("the part that its fragments belong to", Fails("RuntimePackageBroken", [.. Cuda(whole, whole).Where(package => !package.Id.EndsWith("primary", StringComparison.Ordinal))]).Message, StringComparison.Ordinal);
    }

    /// <summary>A library cut into a primary part and eleven fragments (so that 10 and 11 come after 2), each in a package of its own.</summary>
    private LibTorchPackage[] Cuda(byte[] cut, byte[] hashed)
    {
        const string name = "libtorch_cuda.so";
        byte[][] parts = [.. cut.Chunk(10_000)];
        byte[] hash = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(hashed)));
        return
        [
            _server.Add("libtorch-cuda-linux-x64-part1", ($"runtimes/{Platform}/native/{s_library}", Random(1, 1000))),
            _server.Add("libtorch-cuda-linux-x64-part2-primary", ($"runtimes/{Platform}/native/{name}", parts[0]), ($"runtimes/{Platform}/native/{name}.sha", hash)),
            .. parts.Skip(1).Select((part, i) => _server.Add($"libtorch-cuda-linux-x64-part2-fragment{i + 1}", ($"fragments/{Platform}/native/{name}.fragment{i + 1}", part))),
        ];
    }

    private LibTorchPackage Plain(string text) => _server.AddBytes("libtorch-plain", Encoding.ASCII.GetBytes(text));

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
