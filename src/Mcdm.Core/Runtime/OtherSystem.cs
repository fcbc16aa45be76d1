using System.Runtime.InteropServices;

namespace Mcdm.Runtime;

/// <summary>Tells a module that was built for another operating system or processor from one for this: its native libraries are of no use here.</summary>
internal static class OtherSystem
{
    /// <summary>This process's system and processor, as builds name them: <c>linux-x64</c>, <c>win-x64</c>, <c>osx-arm64</c>.</summary>
    public static string This { get; } = (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") + "-"
        + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>Refuses a module of another system.</summary>
    /// <exception cref="McdmException"><c>ModuleOtherSystem</c>, naming both.</exception>
    public static void Refuse()
    {
        if (LibTorch.BuiltFor is not { } builtFor || builtFor == This) { return; }
        throw new McdmException("ModuleOtherSystem", ErrorKind.NotSupported,
            $"This module, in '{LibTorch.ModuleFolder}', was built for {builtFor}, and this PowerShell is {This}: take the module for {This}, or build it "
                + $"with -p:RuntimeIdentifier={This}.");
    }
}
