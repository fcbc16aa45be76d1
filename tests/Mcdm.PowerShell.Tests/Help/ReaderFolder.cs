using Mcdm.Display.Terminal;
using Mcdm.PowerShell.Hosting;
using Mcdm.PowerShell.Tests.Commands;

namespace Mcdm.PowerShell.Tests.Help;

/// <summary>The folder that a reader of the help would sit in: the checkout's example inputs, a small Faces, and what examples call their own.</summary>
internal static class ReaderFolder
{
    /// <summary>What a session of the tests lacks, where the engine's own modules are not installed.</summary>
    public const string StandIns = """
        function Get-ChildItem([string] $Path = '.', [string] $Filter) {
            $full = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
            if (-not $Filter -and -not [System.IO.Directory]::Exists($full)) { $full, $Filter = [System.IO.Path]::GetDirectoryName($full), [System.IO.Path]::GetFileName($full) }
            foreach ($file in [System.IO.Directory]::GetFileSystemEntries($full, $(if ($Filter) { $Filter } else { '*' }))) {
                $item = if ([System.IO.Directory]::Exists($file)) { [System.IO.DirectoryInfo]::new($file) } else { [System.IO.FileInfo]::new($file) }
                $item.PSObject.Properties.Add([psnoteproperty]::new('PSPath', "Microsoft.PowerShell.Core\FileSystem::$file"))
                $item
            }
        }
        function Import-Csv([string] $Path) {
            $csv = [Microsoft.VisualBasic.FileIO.TextFieldParser]::new($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path))
            $csv.SetDelimiters(',')
            $names = $csv.ReadFields()
            while (-not $csv.EndOfData) {
                $fields, $row = $csv.ReadFields(), [ordered]@{}
                for ($i = 0; $i -lt $names.Count; $i++) { $row[$names[$i]] = $fields[$i] }
                [pscustomobject] $row
            }
            $csv.Dispose()
        }
        function Select-Object([int] $Last) { $all = @($input); $all[-$Last..-1] }

        """;

    private const string Jobs = """
        Name,Text,Sketch,Segment,Part,Seed
        pink,a person with pink hair,,,,1
        lines,,./sketch.png,,,1
        both,a person with pink hair,,./mask.png,"hair, hat",1
        """;

    /// <summary>Makes the folder the current one, with a stand-in for the embedded model.</summary>
    public static void Enter(PowerShellEngine engine)
    {
        string tiny = TinyModel.FacesRoot(engine), folder = engine.Reset(), inputs = Path.Combine(Checkout.Root, "examples", "inputs");
        Copy(inputs, Path.Combine(folder, "examples", "inputs"));
        Copy(Path.Combine(tiny, "Faces"), Path.Combine(folder, "module", "models", "Faces"));
        Copy(Path.Combine(tiny, "judges", "Faces"), Path.Combine(folder, "module", "judges", "Faces"));
        foreach (string data in new[] { "my-pictures", "data/faces128/sketch", "data/faces128/segment", "data/faces128/text" }) { Copy(Path.Combine(tiny, "data"), Path.Combine(folder, data)); }
        foreach (var (run, expert) in new[] { ("base", "u"), ("text", "Text"), ("sketch", "Sketch") }) { Copy(Path.Combine(tiny, expert), Path.Combine(folder, "runs", run)); }
        foreach (var (copy, input) in new[] { ("sketch.png", "sketch.png"), ("mask.png", "mask.png"), ("masks/mask.png", "mask.png"), ("photos/face.jpg", "face.png") })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, copy))!);
            File.Copy(Path.Combine(inputs, input), Path.Combine(folder, copy));
        }
        EnterModelsOfOthers(folder);
        File.WriteAllText(Path.Combine(folder, "jobs.csv"), Jobs);
        foreach (string repository in new[] { "stable-diffusion-v1-5--stable-diffusion-v1-5", "lllyasviel--ControlNet-v1-1", "lllyasviel--control_v11p_sd15_canny" }) { AddToHub(Path.Combine(folder, "hub", $"models--{repository}")); }
        Environment.SetEnvironmentVariable("HF_HUB_CACHE", Path.Combine(folder, "hub"));
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", "1");
        Environment.SetEnvironmentVariable("MCDM_MODELS", Path.Combine(folder, "module", "models"));
        HostTerminal.StandIn = new TerminalScreen(GraphicsProtocol.HalfBlock, 80, 24, CellSize.Usual);
    }

    /// <summary>Stand-ins for models that readers have of others, under the names that examples call them.</summary>
    private static void EnterModelsOfOthers(string folder)
    {
        static string model(string name) => Path.Combine(Checkout.Root, "tests", "golden", name, "model");
        foreach (var (copy, name) in new[] { ("stable-diffusion-v1-5", "sd1-tiny"), ("control_canny", "sd1-tiny-canny"), ("control_seg", "sd1-tiny-seg"), ("face", "uniteconquer-face"), ("sketch", "uniteconquer-sketch"), ("t2i-canny", "t2i-canny"), ("sdxl", "sdxl-tiny"), ("controlnet-union-sdxl", "sdxl-tiny-control-union") })
        {
            Copy(model(name), Path.Combine(folder, copy));
        }
        Copy(Path.Combine(model("ip-adapter"), "models", "image_encoder"), Path.Combine(folder, "image_encoder"));
        foreach (var (copy, name, file) in new[]
        {
            ("ip-adapter_sd15.bin", "ip-adapter", "models/ip-adapter_sd15.bin"),
            ("style.safetensors", "sd1-tiny-lora-style", "style.safetensors"), ("subject.safetensors", "sd1-tiny-lora-subject", "pytorch_lora_weights.safetensors"),
            ("taesdxl_decoder.pth", "taesd-tiny", "taesd_decoder.pth"),
            ("cat-toy.pt", "inversion-sd1", "cat-toy.pt"), ("easynegative.safetensors", "inversion-sd1", "easy neg.safetensors"),
            ("FaRL.pth", "uniteconquer-farl", "FaRL-tiny.pth"), ("bpe_simple_vocab_16e6.txt.gz", "uniteconquer-farl", "bpe_simple_vocab_first_1500.txt.gz"),
        })
        {
            File.Copy(Path.Combine(model(name), file), Path.Combine(folder, copy));
        }
    }

    /// <summary>The embedded model is the real one again, and none is loaded.</summary>
    public static void Leave(PowerShellEngine engine)
    {
        engine.Invoke("Get-McdmModel | Remove-McdmModel");
        foreach (string variable in new[] { "MCDM_MODELS", "HF_HUB_CACHE", "HF_HUB_OFFLINE" }) { Environment.SetEnvironmentVariable(variable, null); }
        HostTerminal.StandIn = null;
    }

    /// <summary>What a reader has downloaded from the hub before: tests ask none.</summary>
    private static void AddToHub(string repository)
    {
        const string commit = "115a470d547982438f70198e353a921996e2e819";
        foreach (var (file, content) in new[] { ("refs/main", commit), ($"snapshots/{commit}/config.json", "{}"), ($"snapshots/{commit}/control_v11p_sd15_canny.pth", "weights") })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(repository, file))!);
            File.WriteAllText(Path.Combine(repository, file), content);
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.EnumerateDirectories(from)) { Copy(folder, Path.Combine(to, Path.GetFileName(folder))); }
        foreach (string file in Directory.EnumerateFiles(from)) { File.Copy(file, Path.Combine(to, Path.GetFileName(file))); }
    }
}
