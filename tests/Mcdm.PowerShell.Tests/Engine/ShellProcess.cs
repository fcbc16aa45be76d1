using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mcdm.PowerShell.Tests;

/// <summary>Runs the real PowerShell, as <c>dotnet pwsh</c> does, in a process of its own.</summary>
internal static partial class ShellProcess
{
    /// <summary>How long a shell may take. Where all is slow, as under Wine, MCDM_TEST_PATIENCE says how many minutes.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(double.TryParse(Environment.GetEnvironmentVariable("MCDM_TEST_PATIENCE"), CultureInfo.InvariantCulture, out double minutes) ? minutes : 10);

    /// <summary>The environment that the tests were started in: those that run beside these change this process's for a while.</summary>
    private static readonly Dictionary<string, string?> s_environment = new(new ProcessStartInfo().Environment);

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "It reads the environment before any test changes it.")]
    internal static void ReadEnvironment() => RuntimeHelpers.RunClassConstructor(typeof(ShellProcess).TypeHandle);

    /// <summary>Runs commands with the module imported.</summary>
    public static (int ExitCode, string Output, string Errors) Command(string command) => Run("-Command", WithModule(command));

    /// <summary>Runs the shell.</summary>
    /// <param name="arguments">What follows <c>pwsh -NoProfile -NonInteractive</c>.</param>
    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments)
    {
        using Process process = StartShell(arguments);
        return Finish(process, process.StandardOutput.ReadToEndAsync());
    }

    /// <summary>Runs a script as cron would: from a folder, with nothing in the environment but a path to programs.</summary>
    /// <param name="folder">The current folder.</param>
    /// <param name="arguments">What follows <c>pwsh -NoProfile -NonInteractive</c>, such as <c>-File</c> and a script.</param>
    public static (int ExitCode, string Output, string Errors) AsCron(string folder, params string[] arguments) =>
        Program(Checkout.ShellProgram[0], folder, [.. Checkout.ShellProgram[1..], .. Arguments, .. arguments]);

    /// <summary>Runs a program from a folder, with nothing in the environment but a path to programs.</summary>
    public static (int ExitCode, string Output, string Errors) Program(string file, string folder, params string[] arguments)
    {
        ProcessStartInfo start = Redirected(new(file, arguments) { WorkingDirectory = folder });
        if (!OperatingSystem.IsWindows())
        {
            start.Environment.Clear();
            start.Environment["PATH"] = s_environment["PATH"];
        }
        return Run(start);
    }

    /// <summary>Runs a program with a command line that the program itself cuts into arguments, as Windows starts programs.</summary>
    public static (int ExitCode, string Output, string Errors) ProgramLine(string file, string folder, string line) =>
        Run(Redirected(new(file, line) { WorkingDirectory = folder }));

    /// <summary>Runs dotnet itself.</summary>
    public static (int ExitCode, string Output, string Errors) Dotnet(params string[] arguments)
    {
        using Process process = Start(Checkout.Dotnet, arguments);
        return Finish(process, process.StandardOutput.ReadToEndAsync());
    }

    /// <summary>Runs commands with the module imported and sends the signal of Ctrl+C as soon as they have written a line.</summary>
    public static (int ExitCode, string Output, string Errors) CommandAndInterrupt(string command)
    {
        using Process process = StartShell(["-Command", WithModule(command)]);
        string first = process.StandardOutput.ReadLine() + Environment.NewLine;
        Task<string> rest = process.StandardOutput.ReadToEndAsync();
        const int interrupt = 2;
        Assert.Equal(0, Kill(process.Id, interrupt));
        (int exitCode, string output, string errors) = Finish(process, rest);
        return (exitCode, first + output, errors);
    }

    /// <summary>Runs a script and sends a signal as soon as it has written a line with some words.</summary>
    /// <param name="signal">The signal's number.</param>
    /// <param name="words">The words.</param>
    /// <param name="arguments">What follows <c>pwsh -NoProfile -NonInteractive</c>.</param>
    public static (int ExitCode, string Output, string Errors) FileAndSignal(int signal, string words, params string[] arguments)
    {
        using Process process = StartShell(arguments);
        string first = "";
        while (process.StandardOutput.ReadLine() is { } line)
        {
            first += line + Environment.NewLine;
            if (line.Contains(words, StringComparison.Ordinal)) { break; }
        }
        Task<string> rest = process.StandardOutput.ReadToEndAsync();
        Assert.Equal(0, Kill(process.Id, signal));
        (int exitCode, string output, string errors) = Finish(process, rest);
        return (exitCode, first + output, errors);
    }

    /// <summary>Commands after the module's import.</summary>
    public static string WithModule(string command) => $"Import-Module '{Checkout.Manifest.Replace("'", "''", StringComparison.Ordinal)}'; {command}";

    private static string[] Arguments => ["-NoProfile", "-NonInteractive"];

    private static Process StartShell(string[] arguments) => Start(Checkout.ShellProgram[0], [.. Checkout.ShellProgram[1..], .. Arguments, .. arguments]);

    private static Process Start(string file, string[] arguments)
    {
        ProcessStartInfo start = Redirected(new(file, arguments) { WorkingDirectory = Path.GetTempPath() });
        start.Environment["NO_COLOR"] = "1";
        return Start(start);
    }

    private static ProcessStartInfo Redirected(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment.Clear();
        foreach (var (name, value) in s_environment) { start.Environment[name] = value; }
        return start;
    }

    private static Process Start(ProcessStartInfo start)
    {
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private static (int ExitCode, string Output, string Errors) Run(ProcessStartInfo start)
    {
        using Process process = Start(start);
        return Finish(process, process.StandardOutput.ReadToEndAsync());
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
