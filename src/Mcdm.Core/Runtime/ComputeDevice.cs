using TorchSharp;

namespace Mcdm.Runtime;

/// <summary>Something that can run a network: the processor, or one GPU.</summary>
public sealed record class ComputeDevice
{
    /// <summary>The name to select it by: <c>cpu</c>, <c>cuda:0</c>, <c>cuda:1</c>, …</summary>
    public required string Name { get; init; }

    /// <summary><c>cpu</c> or <c>cuda</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What it is, for people.</summary>
    public required string Description { get; init; }

    /// <summary>The libtorch that is used: <c>cpu</c> or <c>cuda</c>.</summary>
    public required string Backend { get; init; }

    /// <summary>Version of the libtorch that is used; null where there is none, or where the build left no record.</summary>
    public string? RuntimeVersion { get; init; }

    /// <summary>The folder of the libtorch that is used: the module's, or that of Install-McdmRuntime; null where there is none.</summary>
    public string? RuntimePath { get; init; }

    /// <summary>Physical cores that this process may use; null for a GPU.</summary>
    public int? Cores { get; init; }

    /// <summary>Threads that Mcdm computes with: one a core, unless the environment variable <c>OMP_NUM_THREADS</c> says otherwise; null for a GPU.</summary>
    public int? Threads { get; init; }

    /// <summary>Memory in bytes, where it is known.</summary>
    public long? Memory { get; init; }

    /// <summary>Number formats it computes fast in, best known first: <c>float32</c>, and <c>bfloat16</c> where the hardware has it.</summary>
    public required IReadOnlyList<string> Precisions { get; init; }

    /// <summary>Why no GPU is used that this build is for, or that this machine has; null where there is nothing to say.</summary>
    public string? Note { get; init; }

    /// <summary>Whether it is taken when no device is named.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Whether it multiplies bfloat16 in hardware; elsewhere bfloat16 works, but slowly.</summary>
    public bool SupportsBFloat16 => Precisions.Contains("bfloat16");

    /// <summary>Lists the devices of this machine that this build can use. Starts libtorch only where the build has CUDA.</summary>
    /// <returns>The processor first, then the GPUs.</returns>
    public static IReadOnlyList<ComputeDevice> List()
    {
        int gpus = HasCuda ? CountGpus() : 0;
        List<ComputeDevice> devices = [Cpu(isDefault: gpus == 0)];
        for (int i = 0; i < gpus; i++) { devices.Add(Gpu(i)); }
        return devices;
    }

    /// <summary>Finds a device by name.</summary>
    /// <param name="name">A name from <see cref="List"/>, in any case; <c>cuda</c> means <c>cuda:0</c>.</param>
    /// <exception cref="McdmException"><c>UnknownDevice</c>: no device has that name here.</exception>
    public static ComputeDevice Find(string name)
    {
        IReadOnlyList<ComputeDevice> devices = List();
        string wanted = name.Equals("cuda", StringComparison.OrdinalIgnoreCase) ? "cuda:0" : name;
        return devices.FirstOrDefault(device => device.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
            ?? throw new McdmException("UnknownDevice", ErrorKind.NotFound,
                $"There is no device '{name}' here. This machine and this build have: {string.Join(", ", devices.Select(device => device.Name))}.");
    }

    /// <summary>Chooses the device to compute on. Where no GPU can be used, the processor stands in, with a warning that says why.</summary>
    /// <param name="name">As for <see cref="Find"/>; null or empty means the default.</param>
    /// <param name="warn">Told why a GPU that was asked for, or that this build is for, is not used.</param>
    /// <exception cref="McdmException"><c>UnknownDevice</c>: no device has that name here.</exception>
    public static ComputeDevice Select(string? name, Action<string>? warn = null)
    {
        IReadOnlyList<ComputeDevice> devices = List();
        bool any = string.IsNullOrEmpty(name);
        if (devices.Count == 1 && (any ? HasCuda : name!.StartsWith("cuda", StringComparison.OrdinalIgnoreCase)))
        {
            warn?.Invoke($"Computing on the processor: {devices[0].Note ?? NoCuda}.");
            return devices[0];
        }
        return any ? devices.First(device => device.IsDefault) : Find(name!);
    }

    /// <summary>The same device as libtorch names it. Starts libtorch.</summary>
    /// <returns>The libtorch device.</returns>
    public torch.Device ToTorch()
    {
        Engine.Start();
        return torch.device(Name);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private const string NoCuda = "this build carries the CPU libtorch; build with -p:McdmBackend=cuda-linux or cuda-windows for an NVIDIA GPU";

    private static bool HasCuda => LibTorch.Backend == "cuda";

    /// <summary>Why there is no GPU to compute on, for the end of a sentence; null where nobody would expect one.</summary>
    private static string? WhyNoGpu() => HasCuda ? CudaState.WhyNone()
        : GraphicsCards.Vendors.Contains(GraphicsCards.Nvidia) ? NoCuda : GraphicsCards.Unusable(GraphicsCards.Vendors);

    private static int CountGpus()
    {
        Engine.Start();
        return torch.cuda.is_available() ? torch.cuda.device_count() : 0;
    }

    private static ComputeDevice Cpu(bool isDefault) => new()
    {
        Name = "cpu",
        Kind = "cpu",
        Description = Processor.Name,
        Backend = LibTorch.Backend,
        RuntimeVersion = LibTorch.Version,
        RuntimePath = LibTorch.Folder,
        Cores = Processor.Cores,
        Threads = Engine.Threads,
        Memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        Precisions = Processor.HasBFloat16 ? ["float32", "bfloat16"] : ["float32"],
        Note = isDefault ? WhyNoGpu() : null,
        IsDefault = isDefault,
    };

    private static ComputeDevice Gpu(int index) => new()
    {
        Name = $"cuda:{index}",
        Kind = "cuda",
        Description = $"CUDA device {index}",
        Backend = "cuda",
        RuntimeVersion = LibTorch.Version,
        RuntimePath = LibTorch.Folder,
        Precisions = ["float32", "bfloat16"],
        IsDefault = index == 0,
    };
}
