using System.Diagnostics;

namespace Mcdm.Benchmarks;

/// <summary>Runs scripts in a process of their own, as a scheduler does.</summary>
internal static class ShellScript
{
    /// <summary>Starts a script in the real PowerShell; its output can be read, its messages go where this program's go.</summary>
    public static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", ["pwsh", "-NoProfile", .. arguments]) { RedirectStandardOutput = true, WorkingDirectory = Repository.File("") })!;
}
