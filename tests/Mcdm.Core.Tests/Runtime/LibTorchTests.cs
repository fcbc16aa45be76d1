using Mcdm.Runtime;
using Xunit;

namespace Mcdm.Core.Tests.Runtime;

public sealed class LibTorchTests : IDisposable
{
    private static readonly string s_library = OperatingSystem.IsWindows() ? "torch_cpu.dll" : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mcdm-libtorch-");

    [Fact]
    public void A_library_is_the_modules_own_by_whatever_links_it_is_reached()
    {
        string folder = Path.Combine(_folder.FullName, "linked"), file = Path.Combine(_folder.FullName, s_library);
        Directory.CreateSymbolicLink(folder, LibTorch.ModuleFolder);
        File.CreateSymbolicLink(file, Path.Combine(folder, s_library));
        Assert.True(LibTorch.Owns(Path.Combine(LibTorch.ModuleFolder, s_library)));
        Assert.True(LibTorch.Owns(Path.Combine(folder, s_library)));
        Assert.True(LibTorch.Owns(file));
        File.Delete(file);
        File.WriteAllText(file, "another");
        Assert.False(LibTorch.Owns(file));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
