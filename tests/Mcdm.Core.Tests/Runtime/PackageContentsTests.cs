using System.IO.Compression;
using System.Security.Cryptography;
using Mcdm.Core.Tests.Formats;
using Mcdm.Runtime.Installation;
using Xunit;

namespace Mcdm.Core.Tests.Runtime;

/// <summary>Packages of CUDA's libtorch, in which a library is cut into fragments: those of the system that is asked for are joined.</summary>
public sealed class PackageContentsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Package(string name, params (string Path, byte[] Bytes)[] entries)
    {
        using var archive = ZipFile.Open(_folder.File(name + ".nupkg"), ZipArchiveMode.Create);
        foreach (var (path, bytes) in entries)
        {
            using var stream = archive.CreateEntry(path).Open();
            stream.Write(bytes);
        }
        return _folder.File(name + ".nupkg");
    }

    [Theory]
    [InlineData("win-x64", "torch_cuda.dll", new byte[] { 1, 2, 3, 4, 5 })]
    [InlineData("linux-x64", "libtorch_cuda.so", new byte[] { 6, 7, 8 })]
    public void The_fragments_of_a_system_are_joined_in_order(string platform, string library, byte[] whole)
    {
        byte[] Sha(params byte[] bytes) => System.Text.Encoding.ASCII.GetBytes(Convert.ToHexString(SHA256.HashData(bytes)));
        string[] packages =
        [
            Package("libtorch-cuda-12.8-win-x64-part2-fragment2", ("fragments/win-x64/native/torch_cuda.dll.fragment2", [4, 5])),
            Package("libtorch-cuda-12.8-win-x64-part2-fragment1", ("fragments/win-x64/native/torch_cuda.dll.fragment1", [3])),
            Package("libtorch-cuda-12.8-win-x64-part2-primary", ("runtimes/win-x64/native/torch_cuda.dll", [1, 2]), ("runtimes/win-x64/native/torch_cuda.dll.sha", Sha(1, 2, 3, 4, 5))),
            Package("libtorch-cuda-12.8-linux-x64-part2-primary", ("runtimes/linux-x64/native/libtorch_cuda.so", [6]), ("runtimes/linux-x64/native/libtorch_cuda.so.sha", Sha(6, 7, 8))),
            Package("libtorch-cuda-12.8-linux-x64-part2-fragment1", ("fragments/linux-x64/native/libtorch_cuda.so.fragment1", [7, 8])),
        ];
        string target = Directory.CreateDirectory(_folder.File("target")).FullName;
        PackageContents.Unpack(packages, platform, target, (_, _) => { }, CancellationToken.None);
        Assert.Equal([library], Directory.GetFiles(target).Select(Path.GetFileName));
        Assert.Equal(whole, File.ReadAllBytes(Path.Combine(target, library)));
    }
}
