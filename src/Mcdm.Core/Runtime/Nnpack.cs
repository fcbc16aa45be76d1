using System.Runtime.InteropServices;

namespace Mcdm.Runtime;

/// <summary>
/// Turns off NNPACK, one of libtorch's convolution libraries. On processors that it does not know (AMD's newest among them)
/// libtorch tries to start it again at each float32 convolution, and writes a warning each time: thousands a picture.
/// TorchSharp has no switch for it, so libtorch's own is called by its C++ name; oneDNN convolves in its place. libtorch is loaded when this
/// is called, wherever from, so its name is enough to find it.
/// </summary>
internal static partial class Nnpack
{
    /// <summary>Does nothing where libtorch is built without it (Windows).</summary>
    public static void TurnOff()
    {
        if (OperatingSystem.IsWindows()) { return; }
        try
        {
            SetEnabled(GlobalContext(), false);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another version of libtorch, another name: the warnings are then all that is wrong.
        }
    }

    /// <summary><c>at::Context&amp; at::globalContext()</c>.</summary>
    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at13globalContextEv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial nint GlobalContext();

    /// <summary><c>void at::Context::setUserEnabledNNPACK(bool)</c>.</summary>
    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at7Context20setUserEnabledNNPACKEb")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void SetEnabled(nint context, [MarshalAs(UnmanagedType.U1)] bool enabled);
}
