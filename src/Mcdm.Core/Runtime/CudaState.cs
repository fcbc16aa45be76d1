using System.Runtime.InteropServices;

namespace Mcdm.Runtime;

/// <summary>Says why a libtorch for CUDA finds no GPU: TorchSharp passes over a library that it cannot load, and computes on the processor.</summary>
internal static class CudaState
{
    /// <summary>NVIDIA's driver, which comes with the card and not with libtorch.</summary>
    private static readonly string s_driver = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    /// <summary>Why no GPU is used, for the end of a sentence.</summary>
    public static string WhyNone() => WhyNone(NativeLibrary.Load, LibTorch.Folder is { } folder ? Path.Combine(folder, LibTorch.FileName("torch_cuda")) : null,
        GraphicsCards.Vendors);

    /// <param name="load">Loads a library or throws, as the system does.</param>
    /// <param name="library">libtorch's part for CUDA.</param>
    /// <param name="vendors">Who made the graphics cards of this machine.</param>
    internal static string WhyNone(Func<string, nint> load, string? library, IReadOnlyList<string> vendors)
    {
        if (!vendors.Contains(GraphicsCards.Nvidia) && GraphicsCards.Unusable(vendors) is { } unusable) { return unusable; }
        if (Failure(load, s_driver) is not null) { return $"there is no driver of NVIDIA ({s_driver} cannot be loaded)"; }
        return library is not null && Failure(load, library) is { } failure ? $"'{library}' cannot be loaded: {failure}"
            : "libtorch finds no CUDA device; is there an NVIDIA GPU with a current driver?";
    }

    private static string? Failure(Func<string, nint> load, string library)
    {
        try
        {
            load(library);
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return e.Message.ReplaceLineEndings(" ").TrimEnd(' ', '.');
        }
    }
}
