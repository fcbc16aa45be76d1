using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Mcdm.PowerShell.Tests;

/// <summary>Makes the tests' references to Mcdm mean the very assemblies that the imported module runs.</summary>
internal static class ModuleAssemblies
{
    private static readonly Lazy<AssemblyLoadContext> s_context = new(static () =>
    {
        Assembly loader = Assembly.LoadFrom(Path.Combine(Checkout.Root, "module", "bin", "Mcdm.PowerShell.Loader.dll"));
        MethodInfo load = loader.GetType("Mcdm.PowerShell.Loader.McdmLoadContext", throwOnError: true)!.GetMethod("LoadCmdlets")!;
        return AssemblyLoadContext.GetLoadContext((Assembly)load.Invoke(null, null)!)!;
    });

    /// <summary>Runs before anything else here, so no test touches a type of Mcdm too early.</summary>
    [ModuleInitializer]
    internal static void Register() => AssemblyLoadContext.Default.Resolving += static (_, name) =>
        name.Name is "Mcdm.PowerShell" or "Mcdm.Display" or "Mcdm.Core" or "Mcdm.Diffusion" or "Mcdm.Imaging" or "Mcdm.Base" ? s_context.Value.LoadFromAssemblyName(name) : null;
}
