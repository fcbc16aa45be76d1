using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Mcdm.Runtime;

/// <summary>Starts libtorch once, with the settings the rest of Mcdm counts on.</summary>
public static class Engine
{
    private const string ThreadsVariable = "OMP_NUM_THREADS";

    private static readonly Lazy<bool> Started = new(StartOnce);

    /// <summary>
    /// Starts libtorch: keeps big freed blocks inside the process, leaves NNPACK out and uses one thread per physical core (unless the
    /// environment variable <c>OMP_NUM_THREADS</c> says otherwise). Call it before the first tensor; calling again costs nothing.
    /// </summary>
    /// <exception cref="McdmException">
    /// <c>RuntimeNotInstalled</c>: there is no libtorch; <c>EngineNotAvailable</c>: it cannot be loaded; <c>OtherLibTorchLoaded</c>: another libtorch
    /// is.
    /// </exception>
    public static void Start() => _ = Started.Value;

    /// <summary>Threads that libtorch computes with, or will once it is started.</summary>
    public static int Threads => HasStarted ? torch.get_num_threads() : ThreadsOf(Environment.GetEnvironmentVariable(ThreadsVariable));

    /// <summary>Threads under a value of <c>OMP_NUM_THREADS</c>: the first of its numbers; all that there are where it is none.</summary>
    /// <param name="variable">The value; null or empty where it is not set.</param>
    internal static int ThreadsOf(string? variable) => string.IsNullOrEmpty(variable) ? Processor.Cores
        : int.TryParse(variable.Split(',')[0], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int threads)
            && threads > 0 ? threads : Environment.ProcessorCount;

    /// <summary>Whether libtorch has been started in this process.</summary>
    public static bool HasStarted => Started.IsValueCreated;

    /// <summary>Refuses a module that was built for another system, and a process in which another libtorch than Mcdm's own is loaded already.</summary>
    /// <exception cref="McdmException"><c>ModuleOtherSystem</c>, naming both; <c>OtherLibTorchLoaded</c>, naming its file.</exception>
    public static void RefuseOther()
    {
        OtherSystem.Refuse();
        OtherLibTorch.Refuse();
    }

    private static bool StartOnce()
    {
        RefuseOther();
        LibTorch.Load();
        NativeMemory.KeepFreedBlocks();
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            Nnpack.TurnOff();
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(ThreadsVariable))) { torch.set_num_threads(Processor.Cores); }
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or NotSupportedException or BadImageFormatException)
        {
            throw new McdmException("EngineNotAvailable", ErrorKind.NotSupported,
                $"The native libraries of libtorch cannot be loaded on this system ({RuntimeInformation.RuntimeIdentifier}): " +
                $"{(e.InnerException ?? e).Message} Run 'dotnet build' on the machine that is to use them.", e);
        }
        return true;
    }
}
