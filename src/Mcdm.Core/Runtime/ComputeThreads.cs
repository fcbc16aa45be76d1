using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mcdm.Runtime;

/// <summary>
/// The threads that libtorch computes with. They wait for work with all their might, so that threads beside them would get half a core each: loops of ours run
/// on them, by the function of GNU's OpenMP that compiled loops call. libtorch on other systems has another OpenMP.
/// </summary>
internal static unsafe partial class ComputeThreads
{
    /// <summary>Whether loops can run on them.</summary>
    public static bool AreReachable { get; } = OperatingSystem.IsLinux() && IsThere();

    /// <summary>Does the parts of some work, each once, each on one of the threads, and waits for them.</summary>
    /// <param name="parts">How many.</param>
    /// <param name="part">Does one, by its number; it throws nothing.</param>
    public static void ForEach(int parts, Action<int> part)
    {
        var handle = GCHandle.Alloc(new Loop(parts, part));
        try { Parallel(&Run, GCHandle.ToIntPtr(handle), 0, 0); }
        finally { handle.Free(); }
    }

    private static bool IsThere()
    {
        try
        {
            int done = 0;
            ForEach(1, _ => done++);
            return done == 1;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException) { return false; }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Run(nint loop) => ((Loop)GCHandle.FromIntPtr(loop).Target!).Run();

    /// <summary><c>void GOMP_parallel(void (*fn)(void *), void *data, unsigned num_threads, unsigned flags)</c>, which libtorch is linked to.</summary>
    [LibraryImport("torch_cpu", EntryPoint = "GOMP_parallel")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void Parallel(delegate* unmanaged[Cdecl]<nint, void> work, nint data, uint threads, uint flags);

    private sealed class Loop(int parts, Action<int> part)
    {
        private int _begun;

        public void Run()
        {
            for (int next; (next = Interlocked.Increment(ref _begun) - 1) < parts;) { part(next); }
        }
    }
}
