using System.Globalization;
using TorchSharp;

namespace Mcdm.Runtime;

/// <summary>Starts libtorch once, with the settings the rest of Mcdm counts on.</summary>
public static class Engine
{
    private const string ThreadsVariable = "OMP_NUM_THREADS";

    private static readonly object s_starting = new();
    private static volatile bool s_started;

    /// <summary>
    /// Starts libtorch: keeps big freed blocks inside the process, leaves NNPACK out and uses one thread per physical core (unless the
    /// environment variable <c>OMP_NUM_THREADS</c> says otherwise). Call it before the first tensor; calling again costs nothing, and after a failure
    /// tries again: libtorch may have been installed meanwhile.
    /// </summary>
    /// <exception cref="McdmException">
    /// <c>RuntimeNotInstalled</c>: there is no libtorch; <c>EngineNotAvailable</c>: it cannot be loaded; <c>VisualCppMissing</c>: for want of
    /// Microsoft's runtime; <c>OtherLibTorchLoaded</c>: another libtorch is.
    /// </exception>
    public static void Start()
    {
        if (s_started) { return; }
        lock (s_starting)
        {
            if (s_started) { return; }
            StartOnce();
            s_started = true;
        }
    }

    /// <summary>Threads that libtorch computes with, or will once it is started.</summary>
    public static int Threads => HasStarted ? torch.get_num_threads() : ThreadsOf(Environment.GetEnvironmentVariable(ThreadsVariable));

    /// <summary>Threads under a value of <c>OMP_NUM_THREADS</c>: the first of its numbers; all that there are where it is none.</summary>
    /// <param name="variable">The value; null or empty where it is not set.</param>
    internal static int ThreadsOf(string? variable) => string.IsNullOrEmpty(variable) ? Processor.Cores
        : int.TryParse(variable.Split(',')[0], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int threads)
            && threads > 0 ? threads : Environment.ProcessorCount;

    /// <summary>Whether libtorch has been started in this process.</summary>
    public static bool HasStarted => s_started;

    /// <summary>Refuses a module that was built for another system, and a process in which another libtorch than Mcdm's own is loaded already.</summary>
    /// <exception cref="McdmException"><c>ModuleOtherSystem</c>, naming both; <c>OtherLibTorchLoaded</c>, naming its file.</exception>
    public static void RefuseOther()
    {
        OtherSystem.Refuse();
        OtherLibTorch.Refuse();
    }

    private static void StartOnce()
    {
        RefuseOther();
        try
        {
            LibTorch.Load();
            NativeMemory.KeepFreedBlocks();
            torch.InitializeDeviceType(DeviceType.CPU);
            Nnpack.TurnOff();
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(ThreadsVariable))) { torch.set_num_threads(Processor.Cores); }
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or NotSupportedException or BadImageFormatException)
        {
            throw EngineFailure.Of(e);
        }
    }
}
