using System.Xml.Linq;

namespace Mcdm.PowerShell.Tests;

/// <summary>The suite of tests/Pester, each file in a real PowerShell of its own.</summary>
public sealed class PesterTests : IDisposable
{
    private static readonly string s_folder = Path.Combine(Checkout.Root, "tests", "Pester");
    private readonly string _results = Path.Combine(Path.GetTempPath(), $"mcdm-pester-{Guid.NewGuid():N}.xml");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(s_folder, "*.Tests.ps1").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_test_passes(string file)
    {
        (_, string output, string errors) = ShellProcess.Command($$"""
            Import-Module '{{Checkout.Pester}}'
            Invoke-Pester -Configuration @{
                Run        = @{ Path = '{{Path.Combine(s_folder, file)}}' }
                Output     = @{ Verbosity = 'None' }
                TestResult = @{ Enabled = $true; OutputFormat = 'JUnitXml'; OutputPath = '{{_results}}' }
            }
            """);
        Assert.True(File.Exists(_results), output + errors);
        var tests = XDocument.Load(_results).Descendants("testcase").ToList();
        Assert.NotEmpty(tests);
        string[] failed = [.. tests.Where(test => test.Element("failure") is not null || test.Element("error") is not null)
            .Select(test => $"{(string?)test.Attribute("name")}: {(string?)test.Element("failure")?.Attribute("message") ?? (string?)test.Element("error")}")];
        Assert.True(failed.Length == 0, $"{failed.Length} of {tests.Count} failed.\n{string.Join('\n', failed)}\n{errors}");
    }

    public void Dispose() => File.Delete(_results);
}
