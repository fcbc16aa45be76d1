using System.Text.Json;

namespace Mcdm.PowerShell.Tests;

/// <summary>What is built for another system than this one.</summary>
public sealed class TargetTests(TargetTests.ForWindows windows) : IClassFixture<TargetTests.ForWindows>
{
    /// <summary>The module without libtorch, built for Windows and packed, on whatever system this is.</summary>
    public sealed class ForWindows : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("mcdm-win-").FullName;

        public ForWindows()
        {
            DateTime before = BuiltHere();
            Log = Succeed(ShellProcess.Dotnet("build", Project("Mcdm.PowerShell"), "--nologo", "-v", "m", "-t:PackModule", $"-p:Configuration={Checkout.Configuration}", "-p:RuntimeIdentifier=win-x64", "-p:WithLibTorch=false", $"-p:PackedModule={Module}/"));
            IsApart = BuiltHere() == before;
        }

        public string Module => Path.Combine(_folder, "Mcdm", "0.3.0");

        public string Log { get; }

        /// <summary>Whether what this machine's tests load stayed as it was.</summary>
        public bool IsApart { get; }

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        private static DateTime BuiltHere() => new DirectoryInfo(Path.Combine(Checkout.Root, "module", "bin")).EnumerateFiles().Max(file => file.LastWriteTimeUtc);
    }

    private static string Project(string name) => Path.Combine(Checkout.Root, "src", name);

    private static string Succeed((int ExitCode, string Output, string Errors) run)
    {
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        return run.Output;
    }

    [Fact]
    public void A_module_for_Windows_holds_Windows_natives_and_no_others()
    {
        Assert.Contains("(cpu, win-x64)", windows.Log, StringComparison.Ordinal);
        Assert.True(windows.IsApart, "What this machine's tests load was written anew.");
        var files = Directory.EnumerateFiles(Path.Combine(windows.Module, "module", "bin")).Select(file => Path.GetFileName(file)).ToHashSet();
        Assert.Superset(new HashSet<string> { "Mcdm.PowerShell.dll", "Mcdm.Core.dll", "TorchSharp.dll", "LibTorchSharp.dll", "libSkiaSharp.dll", "libHarfBuzzSharp.dll", "runtime.json" }, files);
        Assert.DoesNotContain(files, file => file.EndsWith(".so", StringComparison.Ordinal) || file.EndsWith(".dylib", StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => file.StartsWith("torch", StringComparison.Ordinal) || file.StartsWith("Mcdm.Help", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(windows.Module, "licenses", "skiasharp.nativeassets.win32", "LICENSE.txt")));
    }

    [Fact]
    public void It_records_Windows_libtorch()
    {
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(windows.Module, "module", "bin", "runtime.json")));
        Assert.Equal("win-x64", record.RootElement.GetProperty("platform").GetString());
        JsonElement package = Assert.Single(record.RootElement.GetProperty("packages").EnumerateArray());
        Assert.Equal("libtorch-cpu-win-x64", package.GetProperty("id").GetString());
        Assert.Equal(64, Convert.FromBase64String(package.GetProperty("sha512").GetString()!).Length);
    }

    /// <summary>TorchSharp's patch follows the target too: the copy is not the package's.</summary>
    [Fact]
    public void Its_TorchSharp_is_the_mended_one() =>
        Assert.Equal(File.ReadAllBytes(Path.Combine(Checkout.Root, "module", "bin", "TorchSharp.dll")).Length,
            File.ReadAllBytes(Path.Combine(windows.Module, "module", "bin", "TorchSharp.dll")).Length);

    [Fact]
    public void Imported_here_it_says_what_it_is_for()
    {
        if (OperatingSystem.IsWindows()) { return; }
        (int exitCode, string output, _) = ShellProcess.Run("-Command", $"try {{ Import-Module '{windows.Module}/Mcdm.psd1' -ErrorAction Stop }} catch {{ $_.FullyQualifiedErrorId; \"$_\"; [bool](Get-Module Mcdm) }}");
        Assert.Equal(0, exitCode);
        string[] lines = output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("ModuleOtherSystem", lines[0], StringComparison.Ordinal);
        Assert.Matches("^This module, in '.*', was built for win-x64, and this PowerShell is (linux|osx)-[a-z0-9]+: take the module for ", lines[1]);
        Assert.Equal("False", lines[2]);
    }

    [Theory]
    [InlineData("linux-x64", "cpu", "libtorch-cpu-linux-x64")]
    [InlineData("win-x64", "cpu", "libtorch-cpu-win-x64")]
    [InlineData("osx-arm64", "cpu", "libtorch-cpu-osx-arm64")]
    [InlineData("linux-x64", "cuda-linux", "TorchSharp-cuda-linux")]
    [InlineData("win-x64", "cuda-windows", "TorchSharp-cuda-windows")]
    public void Each_target_refers_to_its_own_libtorch_and_lies_apart(string target, string backend, string package)
    {
        using var found = JsonDocument.Parse(Succeed(ShellProcess.Dotnet("msbuild", Project("Mcdm.Core"), "-nologo", "-getItem:PackageReference", "-getProperty:IntermediateOutputPath", "-getProperty:OutDir", $"-p:RuntimeIdentifier={target}", $"-p:McdmBackend={backend}")));
        var native = found.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)
            .Where(name => name.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase) || name.StartsWith("TorchSharp-", StringComparison.OrdinalIgnoreCase));
        Assert.Equal([package], native);
        string apart = Path.Combine(Checkout.Root, "out", target) + Path.DirectorySeparatorChar;
        foreach (string property in new[] { "IntermediateOutputPath", "OutDir" })
        {
            string path = found.RootElement.GetProperty("Properties").GetProperty(property).GetString()!;
            Assert.StartsWith(apart, path.Replace('/', Path.DirectorySeparatorChar), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("win-arm64", "cpu", "Mcdm is built for linux-x64, win-x64, osx-arm64, and not for win-arm64, which libtorch is not packaged for")]
    [InlineData("amiga", "cpu", "and not for amiga")]
    [InlineData("win-x64", "cuda-linux", "The backend cuda-linux is of another system than win-x64, which is built for")]
    [InlineData("linux-x64", "cuda-windows", "The backend cuda-windows is of another system than linux-x64, which is built for")]
    [InlineData("linux-x64", "rocm", "There is no backend 'rocm'; -p:McdmBackend= is one of cpu, cuda-linux, cuda-windows.")]
    public void What_cannot_be_built_is_one_sentence_before_anything_is_restored(string target, string backend, string sentence)
    {
        (int exitCode, string output, _) = ShellProcess.Dotnet("build", Project("Mcdm.PowerShell"), "--nologo", $"-p:RuntimeIdentifier={target}", $"-p:McdmBackend={backend}");
        Assert.NotEqual(0, exitCode);
        Assert.Contains(sentence, output, StringComparison.Ordinal);
        Assert.DoesNotContain("Restored", output, StringComparison.Ordinal);
    }

    /// <summary>A build for CUDA records every package that its libtorch is cut into, by the hashes that restoring left.</summary>
    [Fact]
    public void A_build_for_CUDA_on_Windows_records_its_fragments()
    {
        string folder = Directory.CreateTempSubdirectory("mcdm-record-").FullName;
        try
        {
            string[] ids = ["libtorch-cuda-12.8-win-x64", "libtorch-cuda-12.8-win-x64-part1-primary", "libtorch-cuda-12.8-win-x64-part1-fragment1"];
            foreach (string id in ids)
            {
                string package = Directory.CreateDirectory(Path.Combine(folder, "packages", id, "2.10.0")).FullName;
                File.WriteAllText(Path.Combine(package, $"{id}.2.10.0.nupkg.sha512"), $"hash of {id}");
            }
            string assets = Path.Combine(folder, "project.assets.json");
            File.WriteAllText(assets, $$"""{ "libraries": { "TorchSharp-cuda-windows/0.107.0": { "sha512": "x" }, {{string.Join(", ", ids.Select(id => $"\"{id}/2.10.0\": {{ \"sha512\": \"x\" }}"))}} } }""");
            Succeed(ShellProcess.Dotnet("msbuild", Project("Mcdm.PowerShell"), "-nologo", "-t:RecordRuntime", "-p:RuntimeIdentifier=win-x64", "-p:McdmBackend=cuda-windows",
                $"-p:ProjectAssetsFile={assets}", $"-p:NuGetPackageRoot={folder}/packages/", $"-p:OutDir={folder}/"));
            using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "runtime.json")));
            Assert.Equal(("cuda", "win-x64"), (record.RootElement.GetProperty("backend").GetString(), record.RootElement.GetProperty("platform").GetString()));
            Assert.Equal(ids.Select(id => (id, $"hash of {id}")).Order(), record.RootElement.GetProperty("packages").EnumerateArray()
                .Select(package => (package.GetProperty("id").GetString()!, package.GetProperty("sha512").GetString()!)).Order());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One project packs it for every system.</summary>
    [Fact]
    public void A_release_is_for_every_target()
    {
        string targets = Succeed(ShellProcess.Dotnet("msbuild", Path.Combine(Checkout.Root, "build", "Release.proj"), "-nologo", "-getItem:_For"));
        foreach (string target in new[] { "linux-x64", "win-x64", "osx-arm64" }) { Assert.Contains($"\"{target}\"", targets, StringComparison.Ordinal); }
    }
}
