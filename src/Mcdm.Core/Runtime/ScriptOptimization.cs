using System.Runtime.InteropServices;

namespace Mcdm.Runtime;

/// <summary>
/// Turns off what libtorch's TorchScript does with a script before it runs it for the third time: it watches two runs and rewrites the script, which takes
/// ten evaluations' time of a small network and makes the later ones no faster. TorchSharp has no switch for it, so libtorch's own is called by its C++
/// name, as in <see cref="Nnpack"/>. It is a thread's own.
/// </summary>
internal static partial class ScriptOptimization
{
    [ThreadStatic]
    private static bool t_isOff;

    /// <summary>Turns it off for the scripts that this thread runs.</summary>
    public static void TurnOff()
    {
        if (t_isOff) { return; }
        t_isOff = true;
        try
        {
            if (OperatingSystem.IsWindows()) { SetForWindows(false); }
            else { Set(false); }
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another version of libtorch, another name: the first pictures then take longer.
        }
    }

    /// <summary><c>void torch::jit::setGraphExecutorOptimize(bool)</c>.</summary>
    [LibraryImport("torch_cpu", EntryPoint = "_ZN5torch3jit24setGraphExecutorOptimizeEb")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void Set([MarshalAs(UnmanagedType.U1)] bool optimize);

    /// <summary>The same, as Microsoft's compiler calls it.</summary>
    [LibraryImport("torch_cpu", EntryPoint = "?setGraphExecutorOptimize@jit@torch@@YAX_N@Z")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void SetForWindows([MarshalAs(UnmanagedType.U1)] bool optimize);
}
