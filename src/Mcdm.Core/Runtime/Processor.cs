using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Mcdm.Runtime;

/// <summary>What this machine's processor is and can do, asked without libtorch.</summary>
internal static class Processor
{
    private const uint FeatureLeaf = 7, HighestExtendedLeaf = 0x80000000, BrandLeaf = 0x80000002;
    private const int AmxBFloat16 = 1 << 22, Avx512BFloat16 = 1 << 5;

    /// <summary>Physical cores this process may use: two threads of one core only take turns at its multipliers.</summary>
    public static int Cores { get; } = Math.Max(1, Math.Min(PhysicalCores() ?? int.MaxValue, Environment.ProcessorCount));

    /// <summary>Whether it multiplies bfloat16 in hardware: AVX512-BF16 (leaf 7.1, EAX bit 5) or AMX-BF16 (leaf 7.0, EDX bit 22).</summary>
    public static bool HasBFloat16 { get; } = DetectBFloat16();

    /// <summary>Whether it has AVX2, below which packed weights are not tried.</summary>
    public static bool HasAvx2 => Avx2.IsSupported;

    /// <summary>The widest instructions that networks can use, such as AVX2 or AVX512-BF16; "no AVX2" below them.</summary>
    public static string Kind => HasBFloat16 ? "AVX512-BF16" : Avx512F.IsSupported ? "AVX-512" : HasAvx2 ? "AVX2" : "no AVX2";

    /// <summary>The name its maker gave it, or the architecture where that cannot be asked.</summary>
    public static string Name { get; } = Brand() ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static bool DetectBFloat16()
    {
        // The runtime says whether the system saves the wide registers; the bits alone only say what the silicon has.
        if (!X86Base.IsSupported || !Avx512F.IsSupported) { return false; }
        (int subleaves, _, _, int features) = X86Base.CpuId((int)FeatureLeaf, 0);
        if ((features & AmxBFloat16) != 0) { return true; }
        return subleaves >= 1 && (X86Base.CpuId((int)FeatureLeaf, 1).Eax & Avx512BFloat16) != 0;
    }

    private static string? Brand()
    {
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(unchecked((int)HighestExtendedLeaf), 0).Eax < BrandLeaf + 2) { return null; }
        Span<int> words = stackalloc int[12];
        for (int i = 0; i < 3; i++)
        {
            (words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]) = X86Base.CpuId(unchecked((int)(BrandLeaf + i)), 0);
        }
        string name = Encoding.ASCII.GetString(MemoryMarshal.AsBytes(words)).Trim('\0', ' ');
        return name.Length > 0 ? name : null;
    }

    private static int? PhysicalCores()
    {
        const string folder = "/sys/devices/system/cpu";
        if (!OperatingSystem.IsLinux() || !Directory.Exists(folder)) { return null; }
        HashSet<string> cores = [];
        foreach (string cpu in Directory.EnumerateDirectories(folder, "cpu*"))
        {
            string siblings = Path.Combine(cpu, "topology", "thread_siblings_list");
            if (File.Exists(siblings)) { cores.Add(File.ReadAllText(siblings).Trim()); }
        }
        return cores.Count > 0 ? cores.Count : null;
    }
}
