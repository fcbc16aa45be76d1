using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Mcdm.PowerShell.Loader;

/// <summary>
/// Keeps Mcdm and its dependencies apart from whatever versions PowerShell or other modules have loaded. Everything
/// that lies beside this assembly is loaded here; the rest (PowerShell itself, the framework) comes from the default context.
/// </summary>
public sealed class McdmLoadContext : AssemblyLoadContext
{
    private static readonly string Folder = Path.GetDirectoryName(typeof(McdmLoadContext).Assembly.Location)!;

    private static readonly Lazy<Assembly> Cmdlets =
        new(() => new McdmLoadContext().LoadFromAssemblyPath(Path.Combine(Folder, "Mcdm.PowerShell.dll")));

    private McdmLoadContext() : base("Mcdm")
    {
    }

    /// <summary>Loads the assembly that holds the cmdlets: once per process, however often the module is imported.</summary>
    /// <returns>The cmdlet assembly, in the context named <c>Mcdm</c>.</returns>
    public static Assembly LoadCmdlets() => Cmdlets.Value;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(Folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        foreach (string name in FileNames(unmanagedDllName))
        {
            string path = Path.Combine(Folder, name);
            if (File.Exists(path)) { return LoadUnmanagedDllFromPath(path); }
        }
        return nint.Zero;
    }

    private static string[] FileNames(string name)
    {
        string suffix = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? ".dll"
            : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? ".dylib" : ".so";
        return [name, name + suffix, "lib" + name + suffix, "lib" + name];
    }
}
