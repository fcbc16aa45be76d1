using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mcdm.PowerShell.Tests;

/// <summary>The packed module, as someone who has nothing else would use it.</summary>
public sealed partial class PackageTests : IClassFixture<PackageTests.Packed>
{
    private readonly Packed _packed;

    public PackageTests(Packed packed) => _packed = packed;

    /// <summary>The module packed once, from what was built.</summary>
    public sealed class Packed : IDisposable
    {
        public Packed()
        {
            ModulePath = Directory.CreateTempSubdirectory("mcdm-packed-").FullName;
            Folder = Path.Combine(ModulePath, "Mcdm", "0.3.0");
            Log = Dotnet("msbuild", Path.Combine(Checkout.Root, "src", "Mcdm.PowerShell"), "-nologo", "-t:PackModule", $"-p:Configuration={Checkout.Configuration}", "-p:NoBuild=true", $"-p:PackedModule={Folder}/");
        }

        public string ModulePath { get; }

        public string Folder { get; }

        public string Log { get; }

        /// <summary>Runs commands in a clean shell that finds the packed module by name.</summary>
        public string Run(string command) => Succeed(ShellProcess.Run("-Command", $"$env:PSModulePath = '{ModulePath}' + [System.IO.Path]::PathSeparator + $env:PSModulePath; Import-Module Mcdm; {command}"), command);

        public void Dispose() => Directory.Delete(ModulePath, recursive: true);
    }

    private static string Dotnet(params string[] arguments) => Succeed(ShellProcess.Dotnet(arguments), string.Join(' ', arguments));

    private static string Succeed((int ExitCode, string Output, string Errors) run, string what)
    {
        Assert.True(run.ExitCode == 0, $"{what}: {run.Output}{run.Errors}");
        return run.Output;
    }

    [Fact]
    public void It_holds_what_runs_and_says_how_large_it_is()
    {
        Assert.Matches(@"0\.3\.0/ \(cpu, [a-z0-9-]+\): \d+ files, \d+(\.\d)? MB", _packed.Log);
        var files = Directory.EnumerateFiles(_packed.Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_packed.Folder, file).Replace('\\', '/')).ToList();
        Assert.Superset(new HashSet<string>
        {
            "Mcdm.psd1", "LICENSE", "CHANGELOG.md", "THIRD-PARTY-NOTICES.md", "licenses/torchsharp/LICENSE.txt", "module/Mcdm.psm1", "module/models/Faces/model.json", "module/models/Fashion/model.json", "module/judges/Fashion/judge.json", "module/bin/Mcdm.PowerShell.dll",
            "module/bin/ScottPlot.dll", "module/bin/SixLabors.ImageSharp.dll", "licenses/scottplot/LICENSE.txt", "licenses/harfbuzzsharp/LICENSE.txt",
        }, files.ToHashSet());
        foreach (string native in new[] { "SkiaSharp", "HarfBuzzSharp" }) { Assert.Contains(files, file => file.StartsWith($"module/bin/lib{native}.", StringComparison.Ordinal)); }
        Assert.DoesNotContain(files, file => Unwanted().IsMatch(file));
    }

    [GeneratedRegex(@"\.pdb$|\.xml$(?<!-Help\.xml)(?<!ps1xml)|xunit|Microsoft\.NET\.Test|Selenium|torch_python|_test\.so|Roslyn|\.cs$", RegexOptions.IgnoreCase)]
    private static partial Regex Unwanted();

    [Fact]
    public void It_is_imported_by_name_and_its_manifest_is_valid()
    {
        string output = _packed.Run($"(Get-Module Mcdm).ModuleBase; (Test-ModuleManifest '{_packed.Folder}/Mcdm.psd1').Version.ToString(); Get-McdmModel -ListAvailable | ForEach-Object Name");
        Assert.Equal([_packed.Folder, "0.3.0", "Faces", "Fashion"], output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void It_has_its_help()
    {
        string output = _packed.Run("(Get-Help Invoke-McdmSample).Synopsis; (Get-Help about_Mcdm_Training).Split(\"`n\")[1]");
        Assert.Equal(["Samples pictures that follow all given conditions at once.", "    about_Mcdm_Training"], output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_new_user_runs_the_first_example()
    {
        string pictures = Path.Combine(_packed.ModulePath, "pictures");
        _packed.Run($"& '{Path.Combine(Checkout.Root, "examples", "first-picture.ps1")}' -Count 1 -Out '{pictures}'");
        Assert.Equal(["Faces-7.png", "sheet.png"], Directory.GetFiles(pictures).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("cpu", "libtorch-cpu-")]
    [InlineData("cuda-linux", "TorchSharp-cuda-linux")]
    [InlineData("cuda-windows", "TorchSharp-cuda-windows")]
    public void Each_backend_refers_to_one_libtorch(string backend, string package)
    {
        using var items = JsonDocument.Parse(Dotnet("msbuild", Path.Combine(Checkout.Root, "src", "Mcdm.Core"), "-nologo", "-getItem:PackageReference", $"-p:McdmBackend={backend}"));
        var native = items.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)
            .Where(name => name.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase) || name.StartsWith("TorchSharp-", StringComparison.OrdinalIgnoreCase)).ToList();
        Assert.StartsWith(package, Assert.Single(native), StringComparison.Ordinal);
    }
}
