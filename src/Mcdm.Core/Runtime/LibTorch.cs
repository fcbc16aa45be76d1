using System.Runtime.InteropServices;
using System.Text.Json;

namespace Mcdm.Runtime;

/// <summary>
/// Where libtorch lies: beside this assembly, in a module that carries it, or in the user's data folder, where it was installed for modules that do not.
/// </summary>
internal static class LibTorch
{
    /// <summary>Loaded by full path and in this order, the rest of libtorch is found beside them, and LibTorchSharp finds what is loaded.</summary>
    private static readonly string[] s_libraries = ["torch_cpu", "torch_cuda", "torch"];

    /// <summary>The folder of this assembly.</summary>
    public static string ModuleFolder { get; } = Path.GetDirectoryName(typeof(LibTorch).Assembly.Location)!;

    /// <summary>What this build of the module needs.</summary>
    /// <exception cref="McdmException"><c>RuntimeUnknown</c>: the build left no record.</exception>
    public static LibTorchPackages Packages => s_packages.Value;

    /// <summary>The folder of the user's data under which every libtorch is installed; each has a folder of its own there, which is whole or absent.</summary>
    public static string InstallationRoot =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "Mcdm",
        "libtorch");

    /// <summary>The folder of the libtorch that this process uses or would use; null where there is none.</summary>
    public static string? Folder => Carries(ModuleFolder) ? ModuleFolder : File.Exists(s_record) && Carries(InstalledFolder(Packages))
        ? InstalledFolder(Packages) : null;

    /// <summary><c>cuda</c> or <c>cpu</c>.</summary>
    public static string Backend => Folder is { } folder && File.Exists(Path.Combine(folder, FileName("torch_cuda"))) ? "cuda" : "cpu";

    /// <summary>Version of the libtorch in <see cref="Folder"/>; null where there is none, or no record of it.</summary>
    public static string? Version => Folder is not null && File.Exists(s_record) ? Packages.Version : null;

    /// <summary>The system that this module was built for, such as <c>win-x64</c>; null where there is no record of it.</summary>
    public static string? BuiltFor => File.Exists(s_record) ? Packages.Platform : null;

    /// <summary>What the build leaves beside the assemblies.</summary>
    private static readonly string s_record = Path.Combine(ModuleFolder, "runtime.json");

    private static readonly Lazy<LibTorchPackages> s_packages = new(() => LibTorchPackages.Read(s_record));

    /// <summary>Whether a library is of this module's own libtorch, by whatever links it is reached.</summary>
    public static bool Owns(string file) =>
        new[] { ModuleFolder, Folder }.OfType<string>().Any(folder => Unlinked(Path.Combine(folder, Path.GetFileName(file))) == Unlinked(file));

    /// <summary>Where these packages are, or would be, installed.</summary>
    public static string InstalledFolder(LibTorchPackages packages) => Path.Combine(InstallationRoot, packages.Name);

    /// <summary>Whether a folder holds a libtorch.</summary>
    public static bool Carries(string folder) => File.Exists(Path.Combine(folder, FileName("torch_cpu")));

    /// <summary>Loads an installed libtorch. One beside this assembly is found without.</summary>
    /// <exception cref="McdmException"><c>RuntimeNotInstalled</c>: there is none.</exception>
    public static void Load()
    {
        string folder = Folder ?? throw new McdmException("RuntimeNotInstalled", ErrorKind.NotFound,
            "libtorch, which all networks run on, is not part of this module and has not been installed; install it once with: Install-McdmRuntime");
        if (folder == ModuleFolder) { return; }
        foreach (string path in s_libraries.Select(name => Path.Combine(folder, FileName(name))).Where(File.Exists)) { NativeLibrary.Load(path); }
    }

    /// <summary>The path by which the system knows a file that it has loaded: no part of it is a link.</summary>
    private static string Unlinked(string path)
    {
        string real = Path.GetPathRoot(path)!;
        foreach (string part in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            var target = Directory.Exists(real) ? Directory.ResolveLinkTarget(real, returnFinalTarget: true) : File.Exists(real)
                ? File.ResolveLinkTarget(real, returnFinalTarget: true) : null;
            if (target is not null) { real = Unlinked(target.FullName); }
        }
        return real;
    }

    /// <summary>What the system calls a library.</summary>
    public static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";
}

/// <summary>The packages that one libtorch comes in.</summary>
/// <param name="Backend"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Platform">Operating system and processor, such as <c>linux-x64</c>.</param>
/// <param name="Packages">Each with the SHA-512 of its file, as it was restored when the module was built.</param>
public sealed record LibTorchPackages(string Backend, string Platform, IReadOnlyList<LibTorchPackage> Packages)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>Version of libtorch.</summary>
    public string Version => Packages[0].Version;

    /// <summary>Tells it from others, and names its folder.</summary>
    internal string Name => $"{Version}-{Backend}-{Platform}";

    /// <exception cref="McdmException"><c>RuntimeUnknown</c>: it is missing or broken.</exception>
    internal static LibTorchPackages Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<LibTorchPackages>(File.ReadAllText(path), s_json) is { Packages.Count: > 0 } packages ? packages
                : throw new JsonException("it names no package");
        }
        catch (Exception e) when (e is IOException or JsonException or NotSupportedException)
        {
            throw new McdmException("RuntimeUnknown", ErrorKind.InvalidData,
                $"'{path}', which says what libtorch this module was built with, cannot be read ({e.Message.TrimEnd('.')}); build or install the module again.",
                e);
        }
    }
}

/// <summary>One package.</summary>
/// <param name="Id">Its name, such as <c>libtorch-cpu-linux-x64</c>.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha512">Hash of the .nupkg, in base 64.</param>
public sealed record LibTorchPackage(string Id, string Version, string Sha512)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Id} {Version}";
}
