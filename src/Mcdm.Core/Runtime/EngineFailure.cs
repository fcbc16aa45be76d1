using System.Runtime.InteropServices;

namespace Mcdm.Runtime;

/// <summary>Says why libtorch cannot be started, as far as the system lets that be found out: its own words name neither the file nor the cure.</summary>
internal static class EngineFailure
{
    /// <summary>What torch_cpu.dll and c10.dll import, which Windows does not bring itself.</summary>
    private static readonly string[] s_visualCpp = ["msvcp140.dll", "vcruntime140.dll", "vcruntime140_1.dll"];

    /// <summary>The error.</summary>
    /// <param name="cause">What the loader said.</param>
    public static McdmException Of(Exception cause) =>
        Of(cause, OperatingSystem.IsWindows() ? s_visualCpp.Where(library => !NativeLibrary.TryLoad(library, out _)).ToList() : [],
            OperatingSystem.IsWindows() && LibTorch.Folder is { } folder && IsBlocked(folder));

    /// <param name="cause">What the loader said.</param>
    /// <param name="missing">Libraries of the Visual C++ runtime that this machine lacks.</param>
    /// <param name="isBlocked">Whether the files are marked as come from the internet.</param>
    internal static McdmException Of(Exception cause, IReadOnlyList<string> missing, bool isBlocked)
    {
        if (missing.Count > 0)
        {
            return new McdmException("VisualCppMissing", ErrorKind.NotFound,
                $"libtorch needs the Visual C++ runtime of Microsoft, and this machine has no {string.Join(" and no ", missing)}: install "
                    + "https://aka.ms/vs/17/release/vc_redist.x64.exe once, and start a new session.", cause);
        }
        string cure = isBlocked ? "Its files came by download and are blocked: 'Get-ChildItem -Recurse | Unblock-File' in the module's folder lets them load."
            : "Run 'dotnet build' on the machine that is to use them.";
        return new McdmException("EngineNotAvailable", ErrorKind.NotSupported,
            $"The native libraries of libtorch cannot be loaded on this system ({RuntimeInformation.RuntimeIdentifier}): {Said(cause)} {cure}", cause);
    }

    private static string Said(Exception cause) => (cause.InnerException ?? cause).Message.TrimEnd().TrimEnd('.') + ".";

    /// <summary>Windows notes where a file came from in a stream beside its content.</summary>
    private static bool IsBlocked(string folder) => Directory.EnumerateFiles(folder, "*.dll").Any(file => File.Exists(file + ":Zone.Identifier"));
}
