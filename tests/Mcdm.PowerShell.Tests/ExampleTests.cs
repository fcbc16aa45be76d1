using System.Text.RegularExpressions;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.PowerShell.Tests.Commands;
using Mcdm.Runs;

namespace Mcdm.PowerShell.Tests;

/// <summary>
/// The scripts in examples/ and tools/, each in a real PowerShell of its own, on a tiny model: without HOME and TERM, in a folder whose name holds what
/// PowerShell and shells read as signs of their own.
/// </summary>
[Collection(PowerShellEngine.Collection)]
public sealed partial class ExampleTests : TinyModelTests
{
    private const int MostLines = 60;
    private const string Tiny = "-Settings @{ ImageSize = 16; Channels = 8, 16; Blocks = 1, 1; BatchSize = 2 }";

    private readonly string _folder;

    public ExampleTests(PowerShellEngine engine) : base(engine)
    {
        _folder = Directory.CreateDirectory(Path.Combine(Folder, "it's [1]")).FullName;
        TinyModel.CopyInputs(_folder);
    }

    private static string Example(string name) => Path.Combine(Checkout.Root, "examples", name);

    private static IEnumerable<string> Scripts => new[] { "examples", "tools" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Checkout.Root, folder), "*.ps1", SearchOption.AllDirectories));

    /// <summary>Runs a script to its end and gives what it wrote.</summary>
    private string Run(string name, params string[] arguments)
    {
        (int exitCode, string output, string errors) = ShellProcess.AsCron(_folder, ["-File", Example(name), .. arguments]);
        Assert.Equal((0, ""), (exitCode, errors));
        return output;
    }

    /// <summary>As <see cref="Run"/>, with arguments that only PowerShell can write.</summary>
    private void RunAsCommand(string name, string arguments)
    {
        (int exitCode, _, string errors) = ShellProcess.AsCron(_folder, "-Command", $"$PSDefaultParameterValues = @{{ 'Invoke-McdmSample:Steps' = 1 }}; & '{Example(name)}' {arguments}");
        Assert.Equal((0, ""), (exitCode, errors));
    }

    private string[] Files(string folder) => [.. Directory.GetFiles(Path.Combine(_folder, folder)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private Picture Sheet(string name) => PictureFile.Read(Path.Combine(_folder, "out", name));

    private void WriteJobs(params string[] lines) => File.WriteAllLines(Path.Combine(_folder, "jobs.csv"), lines);

    [Fact]
    public void Each_is_short_and_begins_with_what_it_does_and_how_to_run_it() => Assert.All(Scripts, file =>
    {
        string[] lines = File.ReadAllLines(file);
        Assert.True(lines.Length < MostLines || file.Contains("tools", StringComparison.Ordinal), $"{file} has {lines.Length} lines");
        Assert.StartsWith("# ", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines.Take(4), line => line.StartsWith("#   dotnet pwsh ", StringComparison.Ordinal) && line.Contains(Path.GetFileName(file), StringComparison.Ordinal));
    });

    public static TheoryData<string, string[]> Failures => new()
    {
        { "examples/add-modality.ps1", ["-Model", "./no", "-Captioned", "./no", "-Out", "./out"] },
        { "examples/batch.ps1", ["-Jobs", "./no.csv", "-Out", "./out"] },
        { "examples/fifth-expert.ps1", ["-LowResolution", "./no.png", "-Out", "./out"] },
        { "examples/first-picture.ps1", ["-Sketch", "./no.png", "-Out", "./out"] },
        { "examples/gallery.ps1", ["-Inputs", "./no", "-Out", "./out"] },
        { "examples/garments.ps1", ["-Inputs", "./no", "-Out", "./out"] },
        { "examples/nightly.ps1", ["-Jobs", "./no.csv", "-Out", "./out"] },
        { "examples/pipe-on.ps1", ["-Count", "0", "-Out", "./out"] },
        { "examples/stable-diffusion.ps1", ["-Canny", "./no", "-Out", "./out"] },
        { "examples/train-your-own.ps1", ["-Pictures", "./no", "-Runs", "./out"] },
        { "examples/unite-and-conquer.ps1", ["-Sketches", "./no.pt", "-Out", "./out"] },
        { "examples/watch-folder.ps1", ["-Watch", "./face.png", "-Out", "./out"] },
        { "examples/weight-sweep.ps1", ["-Model", "no-such", "-Out", "./out"] },
        { "examples/slurm/worker.ps1", ["-Jobs", "./no.csv", "-Out", "./out"] },
        // Where the cmdlets of the Task Scheduler are, it is not tried.
        { "examples/schedule/task-scheduler.ps1", ["-Jobs", "./no.csv", "-Out", "./out"] },
        { "tools/faces/train.ps1", ["-Data", "./no", "-Runs", "./out"] },
        { "tools/faces/train-judge.ps1", ["-Data", "./no", "-Runs", "./out"] },
        { "tools/fashion/train.ps1", ["-Data", "./no", "-Runs", "./out"] },
    };

    [Fact]
    public void Each_script_is_tried_with_something_wrong() =>
        Assert.Equal(Scripts.Select(file => Path.GetRelativePath(Checkout.Root, file).Replace('\\', '/')).Order(StringComparer.Ordinal), Failures.Select(row => (string)row[0]).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Failures))]
    public void Each_stops_at_its_first_error_and_says_so_by_its_exit_code(string script, string[] arguments)
    {
        if (OperatingSystem.IsWindows() && script.Contains("schedule", StringComparison.Ordinal)) { return; }
        (int exitCode, _, string errors) = ShellProcess.AsCron(_folder, ["-File", Path.Combine(Checkout.Root, script), .. arguments]);
        Assert.Equal(1, exitCode);
        Assert.NotEqual("", errors);
        // The error is the one that was made, and no other after it.
        Assert.Single(FirstLine().Matches(Color().Replace(errors, "")));
        Assert.False(Directory.Exists(Path.Combine(_folder, "out")));
    }

    /// <summary>What an error begins with: its command, its script or its exception.</summary>
    [GeneratedRegex(@"^(/.*/)?[\w-]+(\.ps1)?: ", RegexOptions.Multiline)]
    private static partial Regex FirstLine();

    [GeneratedRegex(@"\e\[[\d;]*m")]
    private static partial Regex Color();

    [Fact]
    public void The_first_picture_obeys_three_conditions_and_is_on_a_sheet()
    {
        RunAsCommand("first-picture.ps1", "-Out ./out -Count 2");
        Assert.Equal(["Faces-7.png", "Faces-8.png", "sheet.png"], Files("out"));
    }

    [Fact]
    public void Pictures_are_piped_on_as_files()
    {
        RunAsCommand("pipe-on.ps1", "-Out ./out -Count 1");
        Assert.Equal(3, Files("out").Length);
        Assert.Contains("out.zip", Files("."));
    }

    [Fact]
    public void A_weight_sweep_is_a_sheet_of_all_pairs_of_weights()
    {
        RunAsCommand("weight-sweep.ps1", $"-Model '{Model}' -Sketch ./sketch.png -Text 'a red disc' -Weight 0, 1 -Steps 1 -Out ./out");
        var sheet = Sheet("weight-sweep.png");
        Assert.True(sheet.Width >= 2 * 16 && sheet.Height >= 2 * 16, $"{sheet.Width}×{sheet.Height}");
    }

    [Fact]
    public void The_gallery_is_the_papers_four_figures()
    {
        // The embedded model, in one step: what is tested is the figures' shape.
        RunAsCommand("gallery.ps1", "-Out ./out");
        Assert.Equal(["all-three.png", "sketch-segment.png", "text-segment.png", "text-sketch.png"], Files("out"));
    }

    [Fact]
    public void Garments_are_one_sheet()
    {
        RunAsCommand("garments.ps1", "-Out ./out");
        Assert.Equal(["garments.png"], Files("out"));
        Assert.InRange(Sheet("garments.png").Width, 7 * 3 * 32, 12 * 3 * 32);
    }

    [Fact]
    public void One_trains_ones_own_model_and_adds_a_modality_to_it()
    {
        RunAsCommand("train-your-own.ps1", $"-Pictures '{TinyModel.Data}' -Runs ./runs -Steps 4 {Tiny}");
        RunAsCommand("train-your-own.ps1", $"-Pictures '{TinyModel.Data}' -Runs ./runs -Steps 4 {Tiny}");
        Assert.Equal(5, File.ReadLines(Path.Combine(_folder, "runs", "unconditional", "loss.csv")).Count());
        RunAsCommand("add-modality.ps1", $"-Model ./runs/Own -Captioned '{TinyModel.Data}' -Out ./with-text -Steps 2 {Tiny}");
        Assert.Equal(["sketch.safetensors", "text.safetensors", "unconditional.safetensors"], Files("with-text").Where(file => file.EndsWith(".safetensors", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_fifth_expert_composes_with_those_that_were_there_before()
    {
        RunAsCommand("fifth-expert.ps1", $"-Model '{Model}', '{TinyModel.Fifth(Engine)}' -LowResolution ./face.png -Sketch ./sketch.png -Text 'a red disc' -Steps 1 -Count 2 -Out ./out");
        var sheet = Sheet("fifth-expert.png");
        Assert.True(sheet.Width >= 2 * 16 && sheet.Height >= 3 * 16, $"{sheet.Width}×{sheet.Height}");
    }

    [Fact]
    public void ControlNets_and_a_prompt_are_composed_beside_the_sum_of_their_residuals()
    {
        Assert.Contains("residual-7", Run("stable-diffusion.ps1", "-Out", "./out", "-Steps", "2", "-Count", "1"), StringComparison.Ordinal);
        var sheet = Sheet("stable-diffusion.png");
        Assert.True(sheet.Width >= 64 && sheet.Height >= 2 * 64, $"{sheet.Width}×{sheet.Height}");
    }

    [Fact]
    public void Unite_and_Conquers_four_conditions_are_composed()
    {
        Assert.Contains("all-four-7", Run("unite-and-conquer.ps1", "-Out", "./out", "-Steps", "2", "-Count", "1"), StringComparison.Ordinal);
        var sheet = Sheet("unite-and-conquer.png");
        Assert.True(sheet.Width >= 16 && sheet.Height >= 2 * 16, $"{sheet.Width}×{sheet.Height}");
    }

    [Fact]
    public void A_batch_goes_on_where_it_was()
    {
        WriteJobs("Name,Text,Sketch,Count", "a,a red disc,,2", "b,,sketch.png,");
        string[] run = ["-Jobs", "./jobs.csv", "-Out", "./out [2]", "-Model", Model, "-Steps", "1"];
        Run("batch.ps1", run);
        File.Delete(Path.Combine(_folder, "out [2]", "a-1.png"));
        var kept = File.GetLastWriteTimeUtc(Path.Combine(_folder, "out [2]", "a-0.png"));
        Run("batch.ps1", run);
        Assert.Equal(["a-0.png", "a-1.png", "b-0.png"], Files("out [2]"));
        Assert.Equal(kept, File.GetLastWriteTimeUtc(Path.Combine(_folder, "out [2]", "a-0.png")));
    }

    [Fact]
    public void A_nightly_run_makes_what_it_can_and_tells_how_many_rows_failed()
    {
        WriteJobs("Name,Text,Sketch", "a,a red disc,", "b,,no.png", "c,,sketch.png");
        string[] run = ["-Jobs", "./jobs.csv", "-Out", "./out", "-Model", Model, "-Steps", "1"];
        (int exitCode, string output, string errors) = ShellProcess.AsCron(_folder, ["-File", Example("nightly.ps1"), .. run]);
        Assert.Equal(1, exitCode);
        Assert.Contains("2 pictures made, 1 rows failed.", output, StringComparison.Ordinal);
        Assert.Contains("(b): ", errors, StringComparison.Ordinal);
        Assert.Equal(["a-0.png", "c-0.png", "gallery.html"], Files("out"));
        WriteJobs("Name,Text,Sketch", "a,a red disc,");
        Assert.Contains("0 pictures made, 0 rows failed.", Run("nightly.ps1", run), StringComparison.Ordinal);
        Assert.Equal(1, ShellProcess.AsCron(_folder, ["-File", Example("batch.ps1"), .. run, "-Model", "no-such"]).ExitCode);
    }

    [Fact]
    public void A_worker_makes_its_part_and_what_others_lack_and_one_that_cannot_load_the_model_is_named()
    {
        WriteJobs("Name,Text,Sketch", "a,a red disc,", "b,,no.png", "c,,sketch.png", "d,a red disc,");
        string[] run = ["-File", Example("slurm/worker.ps1"), "-Jobs", "./jobs.csv", "-Out", "./out", "-Steps", "1", "-Of", "2"];
        (int exitCode, _, string errors) = ShellProcess.AsCron(_folder, [.. run, "-Part", "2", "-Model", "no-such"]);
        Assert.Equal(1, exitCode);
        (exitCode, string output, errors) = ShellProcess.AsCron(_folder, [.. run, "-Part", "1", "-Model", Model]);
        // The row that failed is the other part's.
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal(["a-0.png", "c-0.png", "d-0.png"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Order());
        var measured = Engine.Invoke("param($path, $jobs) Measure-McdmRun -LiteralPath $path -Jobs $jobs", ("path", Path.Combine(_folder, "out")), ("jobs", Path.Combine(_folder, "jobs.csv"))).WithoutErrors().Only<RunMeasurement>();
        Assert.Equal((4, 3, 1), (measured.Rows, measured.Done, measured.Failed));
        Assert.Equal(["b", null], measured.Failures.Select(failure => failure.Name));
        Assert.Equal((Environment.MachineName, "ModelUnknown"), (measured.Failures[1].Host, measured.Failures[1].Id));
    }

    [Fact]
    public void A_watched_folder_turns_sketches_into_pictures_and_sets_aside_what_fails()
    {
        string inbox = Directory.CreateDirectory(Path.Combine(_folder, "inbox [2]")).FullName;
        foreach (string name in (string[])["lines [1].png", "LOUD.PNG"]) { File.Copy(Path.Combine(_folder, "sketch.png"), Path.Combine(inbox, name)); }
        File.WriteAllText(Path.Combine(inbox, "broken.png"), "no picture");
        // Its picture could not be written.
        File.Copy(Path.Combine(_folder, "sketch.png"), Path.Combine(inbox, "taken.png"));
        Directory.CreateDirectory(Path.Combine(_folder, "out", "taken-0.png"));
        foreach (string file in Directory.GetFiles(inbox)) { File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-1)); }
        (int exitCode, _, string errors) = ShellProcess.AsCron(_folder, "-File", Example("watch-folder.ps1"), "-Watch", "./inbox [2]", "-Out", "./out", "-Model", Model, "-Steps", "1", "-Count", "2", "-Minutes", "0.05");
        Assert.Equal(1, exitCode);
        Assert.Contains("broken.png", errors, StringComparison.Ordinal);
        Assert.Equal(["LOUD-0.png", "LOUD-1.png", "lines [1]-0.png", "lines [1]-1.png"], Files("out").Where(file => !file.StartsWith("taken", StringComparison.Ordinal)));
        Assert.Equal(["LOUD.PNG", "lines [1].png"], Files("inbox [2]/done"));
        Assert.Equal(["broken.png", "taken.png"], Files("inbox [2]/failed"));
        Assert.Empty(Files("inbox [2]"));
    }
}
