namespace Mcdm.Runtime;

/// <summary>A libtorch that networks of this module run on.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Backend"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Platform">Operating system and processor, such as <c>linux-x64</c>.</param>
/// <param name="Path">Its folder.</param>
/// <param name="Size">Bytes of its files; where the module carries it, of those of the whole module.</param>
/// <param name="IsPartOfModule">Whether it came with the module; otherwise Install-McdmRuntime brought it.</param>
public sealed record LibTorchRuntime(string Version, string Backend, string Platform, string Path, long Size, bool IsPartOfModule)
{
    /// <summary>What this module was built with, wherever it lies; null where it is not installed.</summary>
    /// <exception cref="McdmException"><c>RuntimeUnknown</c>.</exception>
    public static LibTorchRuntime? Find()
    {
        var packages = LibTorch.Packages;
        return LibTorch.Folder is { } folder
            ? new LibTorchRuntime(packages.Version, packages.Backend, packages.Platform, folder,
                new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length), folder == LibTorch.ModuleFolder)
            : null;
    }

    /// <summary>The packages that it comes in, and the folder that they go to.</summary>
    /// <exception cref="McdmException"><c>RuntimeUnknown</c>.</exception>
    public static (LibTorchPackages Packages, string Folder) Wanted() => (LibTorch.Packages, LibTorch.InstalledFolder(LibTorch.Packages));

    /// <inheritdoc/>
    public override string ToString() => $"libtorch {Version} ({Backend}, {Platform})";
}
