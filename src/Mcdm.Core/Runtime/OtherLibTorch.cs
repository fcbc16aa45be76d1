using System.Diagnostics;

namespace Mcdm.Runtime;

/// <summary>
/// Looks for a libtorch in this process that is not Mcdm's own, brought by another module or preloaded: two in one process share the names
/// of their functions, and the process would abort.
/// </summary>
internal static class OtherLibTorch
{
    /// <summary>Refuses to go on beside another libtorch.</summary>
    /// <exception cref="McdmException"><c>OtherLibTorchLoaded</c>, naming its file.</exception>
    public static void Refuse()
    {
        using var process = Process.GetCurrentProcess();
        foreach (ProcessModule module in process.Modules)
        {
            if (!IsLibTorch(Path.GetFileName(module.FileName)) || LibTorch.Owns(module.FileName)) { continue; }
            throw new McdmException("OtherLibTorchLoaded", ErrorKind.NotSupported,
                $"Another libtorch is loaded in this process already, '{module.FileName}', and two do not work in one: use Mcdm in a PowerShell of its "
                    + "own, such as that of Start-Job.");
        }
    }

    private static bool IsLibTorch(string file) =>
        file.StartsWith("libtorch_cpu.", StringComparison.Ordinal) || file.Equals("torch_cpu.dll", StringComparison.OrdinalIgnoreCase);
}
