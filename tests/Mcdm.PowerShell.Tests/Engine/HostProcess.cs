using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Mcdm.PowerShell.Tests;

/// <summary>Runs Mcdm.Host as a process of its own, as a user does.</summary>
internal static partial class HostProcess
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments) => Run("", arguments);

    public static (int ExitCode, string Output, string Errors) Run(string input, string[] arguments) =>
        RunDotnet(s_patience, [Checkout.HostAssembly, .. arguments], input);

    /// <summary>Runs dotnet itself.</summary>
    public static (int ExitCode, string Output, string Errors) RunDotnet(TimeSpan patience, string[] arguments, string input = "")
    {
        using Process process = Start(arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return Finish(process, process.StandardOutput.ReadToEndAsync(), patience);
    }

    /// <summary>Runs it and sends the signal of Ctrl+C as soon as it has written a line.</summary>
    public static (int ExitCode, string Output, string Errors) RunAndInterrupt(params string[] arguments)
    {
        using Process process = Start([Checkout.HostAssembly, .. arguments]);
        string first = process.StandardOutput.ReadLine() + Environment.NewLine;
        Task<string> rest = process.StandardOutput.ReadToEndAsync();
        const int interrupt = 2;
        Assert.Equal(0, Kill(process.Id, interrupt));
        (int exitCode, string output, string errors) = Finish(process, rest, s_patience);
        return (exitCode, first + output, errors);
    }

    private static Process Start(string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        return Process.Start(start)!;
    }

    private static (int ExitCode, string Output, string Errors) Finish(Process process, Task<string> output, TimeSpan patience)
    {
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("The process did not end.");
        }
        return (process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Kill(int process, int signal);
}
