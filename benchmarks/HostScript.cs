using System.Diagnostics;

namespace Mcdm.Benchmarks;

/// <summary>Runs scripts in a process of their own, as a scheduler does.</summary>
internal static class HostScript
{
    /// <summary>The host as it was built beside this program.</summary>
    private static string Assembly { get; } = Path.Combine(
        Repository.File("src/Mcdm.Host"), Path.GetRelativePath(Repository.File("benchmarks"), AppContext.BaseDirectory), "Mcdm.Host.dll");

    /// <summary>Starts a script; its output can be read, its messages go where this program's go.</summary>
    public static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [Assembly, .. arguments]) { RedirectStandardOutput = true, WorkingDirectory = Repository.File("") })!;
}
