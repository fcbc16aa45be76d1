namespace Mcdm.Host;

/// <summary>The host's command line: a script with its arguments, or a command.</summary>
internal sealed record HostArguments
{
    public const string Usage = """
        Runs a PowerShell script with the module Mcdm imported.

          dotnet run --project src/Mcdm.Host -- script.ps1 [-Name value | -Switch | value]…
          dotnet run --project src/Mcdm.Host -- -Command "Get-McdmDevice"
          dotnet run --project src/Mcdm.Host -- -Log nightly.log script.ps1 …
          dotnet run --project src/Mcdm.Host                     (a prompt; Tab completes, 'exit' ends)

        -Log appends all that the script shows to a file, each line with the time and its kind, and how the run ended.
        An argument is taken as it stands, as pwsh -File does; for a parameter of an array type it is split at commas.
        Exit code: what the script's 'exit N' says, else 0; 1 after a terminating error, 2 for a wrong command line,
        130 after Ctrl+C.
        """;

    public string? ScriptPath { get; init; }

    public string? Command { get; init; }

    /// <summary>Full path of the file that all output is appended to; null for none.</summary>
    public string? LogPath { get; init; }

    public IReadOnlyList<string> Rest { get; init; } = [];

    public bool ShowHelp { get; init; }

    /// <summary>Read statements from the terminal instead.</summary>
    public bool Interactive { get; init; }

    public static HostArguments Parse(string[] args)
    {
        if (args.Length == 0)
        {
            return Console.IsInputRedirected ? throw new UsageException("Name a script to run.") : new HostArguments { Interactive = true };
        }
        switch (args[0].ToLowerInvariant())
        {
            case "-h" or "-?" or "-help" or "--help":
                return new HostArguments { ShowHelp = true };
            case "-c" or "-command":
                if (args.Length == 1) { throw new UsageException("-Command needs the command to run."); }
                return new HostArguments { Command = string.Join(' ', args.Skip(1)) };
            case "-f" or "-file":
                return Parse(args[1..]);
            case "-l" or "-log":
                if (args.Length < 3) { throw new UsageException("-Log needs the log's name, and then what to run."); }
                return Parse(args[2..]) with { LogPath = Path.GetFullPath(args[1]) };
            case ['-', ..]:
                throw new UsageException($"Unknown option '{args[0]}'; the script comes first, its arguments after it.");
        }
        string path = Path.GetFullPath(args[0]);
        if (!File.Exists(path)) { throw new UsageException($"There is no script '{args[0]}'."); }
        if (!path.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase)) { throw new UsageException($"'{args[0]}' is not a .ps1 script."); }
        return new HostArguments { ScriptPath = path, Rest = args[1..] };
    }
}
