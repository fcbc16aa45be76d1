using System.Management.Automation;

namespace Mcdm.PowerShell.Tests;

/// <summary>Everything a script gave back.</summary>
public sealed record EngineResult
{
    public required IReadOnlyList<PSObject> Output { get; init; }

    /// <summary>Errors in order; the one that ended the script, if any, is the last.</summary>
    public required IReadOnlyList<ErrorRecord> Errors { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public required IReadOnlyList<string> Verbose { get; init; }

    public required IReadOnlyList<ProgressRecord> Progress { get; init; }

    /// <summary>Lines written to the host: what -WhatIf says, and formatted output after <c>| Out-Default</c>.</summary>
    public required IReadOnlyList<string> HostLines { get; init; }

    /// <summary>The same as it was written, with escape sequences.</summary>
    public required string HostText { get; init; }

    /// <summary>Whether an error ended the script.</summary>
    public required bool Terminated { get; init; }

    /// <summary>Whether the script was stopped from outside, as Ctrl+C does.</summary>
    public required bool Stopped { get; init; }

    /// <summary>Error ids without the command's name: <c>PathNotFound</c>.</summary>
    public IReadOnlyList<string> ErrorIds => [.. Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0])];

    /// <summary>The only output, as what it is.</summary>
    public T Only<T>() => Assert.IsType<T>(Assert.Single(Output).BaseObject);

    /// <summary>Fails with the errors' text if there were any.</summary>
    public EngineResult WithoutErrors()
    {
        Assert.True(Errors.Count == 0, string.Join(Environment.NewLine, Errors.Select(error => $"{error.FullyQualifiedErrorId}: {error}")));
        return this;
    }
}
