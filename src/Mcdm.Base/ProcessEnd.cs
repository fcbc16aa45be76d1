using System.Runtime.InteropServices;

namespace Mcdm;

/// <summary>The end of a process that was asked to end by a signal.</summary>
internal static partial class ProcessEnd
{
    /// <summary>
    /// From now on the process ends with a code, whatever its main program returns, unless something in it ends it with a code of its own, over 1. A host
    /// whose script was stopped returns 0, which schedulers would take for work that is done.
    /// </summary>
    public static void Becomes(int code) => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        if (Environment.ExitCode is 0 or 1 && !OperatingSystem.IsWindows()) { Exit(code); }
    };

    [LibraryImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void Exit(int code);
}
