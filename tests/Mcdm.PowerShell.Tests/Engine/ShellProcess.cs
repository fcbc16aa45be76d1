using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Mcdm.PowerShell.Tests;

/// <summary>Runs the real PowerShell, as <c>dotnet pwsh</c> does, in a process of its own.</summary>
internal static partial class ShellProcess
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    /// <summary>Runs commands with the module imported.</summary>
    public static (int ExitCode, string Output, string Errors) Command(string command) => Run("-Command", WithModule(command));

    /// <summary>Runs the shell.</summary>
    /// <param name="arguments">What follows <c>pwsh -NoProfile -NonInteractive</c>.</param>
    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments) => Dotnet([.. Arguments, .. arguments]);

    /// <summary>Runs dotnet itself.</summary>
    public static (int ExitCode, string Output, string Errors) Dotnet(params string[] arguments)
    {
        using Process process = Start(arguments);
        return Finish(process, process.StandardOutput.ReadToEndAsync());
    }

    /// <summary>Runs commands with the module imported and sends the signal of Ctrl+C as soon as they have written a line.</summary>
    public static (int ExitCode, string Output, string Errors) CommandAndInterrupt(string command)
    {
        using Process process = Start([.. Arguments, "-Command", WithModule(command)]);
        string first = process.StandardOutput.ReadLine() + Environment.NewLine;
        Task<string> rest = process.StandardOutput.ReadToEndAsync();
        const int interrupt = 2;
        Assert.Equal(0, Kill(process.Id, interrupt));
        (int exitCode, string output, string errors) = Finish(process, rest);
        return (exitCode, first + output, errors);
    }

    /// <summary>Commands after the module's import.</summary>
    public static string WithModule(string command) => $"Import-Module '{Checkout.Manifest.Replace("'", "''", StringComparison.Ordinal)}'; {command}";

    private static string[] Arguments => [Checkout.Shell, "-NoProfile", "-NonInteractive"];

    private static Process Start(string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["NO_COLOR"] = "1";
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private static (int ExitCode, string Output, string Errors) Finish(Process process, Task<string> output)
    {
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The process did not end.\n{output.GetAwaiter().GetResult()}\n{errors.GetAwaiter().GetResult()}");
        }
        return (process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Kill(int process, int signal);
}
