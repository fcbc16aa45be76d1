using System.Text.Json;

namespace Mcdm.PowerShell.Tests;

/// <summary>The suite of tests/Pester, each file in a real PowerShell of its own.</summary>
public sealed class PesterTests : IDisposable
{
    private static readonly string s_folder = Path.Combine(Checkout.Root, "tests", "Pester");
    private readonly string _results = Path.Combine(Path.GetTempPath(), $"mcdm-pester-{Guid.NewGuid():N}.json");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(s_folder, "*.Tests.ps1").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_test_passes(string file)
    {
        // Pester's own reports ask Windows about the computer, which Wine never answers.
        (_, string output, string errors) = ShellProcess.Command($$"""
            Import-Module '{{Checkout.Pester}}'
            $env:MCDM_CONFIGURATION = '{{Checkout.Configuration}}'
            $run = Invoke-Pester -Configuration @{ Run = @{ Path = '{{Path.Combine(s_folder, file)}}'; PassThru = $true }; Output = @{ Verbosity = 'None' } }
            $tests = foreach ($test in @($run.FailedContainers) + @($run.FailedBlocks) + @($run.Tests)) {
                @{ Name = "$($test.ExpandedPath ?? $test.Name ?? $test.Item)"; Failed = "$($test.Result)" -eq 'Failed'; Error = "$($test.ErrorRecord)" }
            }
            ConvertTo-Json @($tests) | Set-Content -LiteralPath '{{_results}}'
            """);
        Assert.True(File.Exists(_results), output + errors);
        var tests = JsonSerializer.Deserialize<PesterTest[]>(File.ReadAllText(_results))!;
        Assert.NotEmpty(tests);
        string[] failed = [.. tests.Where(test => test.Failed).Select(test => $"{test.Name}: {test.Error}")];
        Assert.True(failed.Length == 0, $"{failed.Length} of {tests.Length} failed.\n{string.Join('\n', failed)}\n{errors}");
    }

    /// <summary>A test, a block of such, or a file.</summary>
    private sealed record PesterTest(string Name, bool Failed, string Error);

    public void Dispose() => File.Delete(_results);
}
