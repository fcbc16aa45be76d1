using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.PowerShell.Tests.Commands;

namespace Mcdm.PowerShell.Tests;

/// <summary>The scripts in examples/, run on a tiny model.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class ExampleTests(PowerShellEngine engine) : TinyModelTests(engine)
{
    private const int MostLines = 40;
    private static string Example(string name) => Path.Combine(Checkout.Root, "examples", name);

    private EngineResult Run(string name, string arguments) =>
        Engine.Invoke($"param($script, $model, $data) & $script {arguments}", ("script", Example(name)), ("model", Model), ("data", TinyModel.Data)).WithoutErrors();

    [Fact]
    public void Each_is_short_and_begins_with_what_it_does_and_how_to_run_it() => Assert.All(Directory.GetFiles(Example(""), "*.ps1", SearchOption.AllDirectories), file =>
    {
        string[] lines = File.ReadAllLines(file);
        Assert.True(lines.Length < MostLines, $"{file} has {lines.Length} lines");
        Assert.StartsWith("# ", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines.Take(4), line => line.Contains(Path.GetFileName(file), StringComparison.Ordinal));
    });

    [Fact]
    public void A_weight_sweep_is_a_sheet_of_all_pairs_of_weights()
    {
        Run("weight-sweep.ps1", "-Model $model -Sketch ./sketch.png -Text 'a red disc' -Weight 0, 1 -Steps 1 -Out ./out");
        var sheet = PictureFile.Read(Path.Combine(Folder, "out", "weight-sweep.png"));
        Assert.True(sheet.Width >= 2 * 16 && sheet.Height >= 2 * 16, $"{sheet.Width}×{sheet.Height}");
    }

    [Fact]
    public void Weights_are_fitted_drawn_and_compared_with_the_plain_rule()
    {
        var result = Run("calibrate.ps1", "-Data $data -Model $model -Sketch ./sketch.png -Segment ./mask.png -Text 'a red disc' -Paired 2 -Count 2 -Steps 1 -Out ./out");
        Assert.Equal(2, result.Output.Count);
        Assert.All(result.Output, saved => Assert.True(File.Exists(((FileInfo)saved.BaseObject).FullName)));
    }

    [Fact]
    public void The_gallery_is_the_papers_four_figures()
    {
        // The embedded model, in one step: what is tested is the figures' shape.
        var result = Engine.Invoke("""
            param($script)
            $PSDefaultParameterValues = @{ 'Invoke-McdmSample:Steps' = 1 }
            & $script -Out ./out
            """, ("script", Example("gallery.ps1"))).WithoutErrors();
        Assert.Equal(["sketch-segment.png", "text-segment.png", "text-sketch.png", "all-three.png"], result.Output.Select(path => Path.GetFileName((string)path.BaseObject)));
        Assert.Equal(4, Files("out").Length);
    }

    [Fact]
    public void One_trains_ones_own_model_and_adds_a_modality_to_it()
    {
        const string tiny = "-Settings @{ ImageSize = 16; Channels = 8, 16; Blocks = 1, 1; BatchSize = 2 }";
        Run("train-your-own.ps1", $"-Pictures $data -Runs ./runs -Steps 4 {tiny}");
        Run("train-your-own.ps1", $"-Pictures $data -Runs ./runs -Steps 4 {tiny}");
        Assert.Equal(5, File.ReadLines(Path.Combine(Folder, "runs", "unconditional", "loss.csv")).Count());
        var result = Run("add-modality.ps1", $"-Model ./runs/Own -Captioned $data -Out ./with-text -Steps 2 {tiny}");
        Assert.Equal([Modality.Text, Modality.Sketch], result.Output.Select(o => o.BaseObject).OfType<Model>().Single().Modalities);
    }

    [Fact]
    public void A_fifth_expert_composes_with_those_that_were_there_before()
    {
        var result = Engine.Invoke("param($script, $four, $fifth) & $script -Model $four, $fifth -LowResolution ./face.png -Sketch ./sketch.png -Text 'a red disc' -Steps 1 -Count 2 -Out ./out",
            ("script", Example("fifth-expert.ps1")), ("four", Model), ("fifth", TinyModel.Fifth(Engine))).WithoutErrors();
        Assert.Equal("fifth-expert.png", result.Only<FileInfo>().Name);
        var sheet = PictureFile.Read(Path.Combine(Folder, "out", "fifth-expert.png"));
        Assert.True(sheet.Width >= 2 * 16 && sheet.Height >= 3 * 16, $"{sheet.Width}×{sheet.Height}");
    }

    private string[] Files(string folder) => [.. Directory.GetFiles(Path.Combine(Folder, folder)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private void WriteJobs(params string[] lines) => File.WriteAllLines(Path.Combine(Folder, "jobs.csv"), lines);

    [Fact]
    public void A_batch_goes_on_where_it_was()
    {
        WriteJobs("Name,Text,Sketch,Count", "a,a red disc,,2", "b,,sketch.png,");
        const string run = "-Jobs ./jobs.csv -Out ./out -Model $model -Steps 1";
        Assert.Equal(3, Run("batch.ps1", run).Output.Count);
        File.Delete(Path.Combine(Folder, "out", "a-1.png"));
        Assert.Equal("a-1.png", Run("batch.ps1", run).Only<FileInfo>().Name);
        Assert.Equal(["a-0.png", "a-1.png", "b-0.png"], Files("out"));
    }

    [Fact]
    public void A_nightly_run_makes_what_it_can_and_tells_how_many_rows_failed()
    {
        WriteJobs("Name,Text,Sketch", "a,a red disc,", "b,,no.png", "c,,sketch.png");
        var result = Engine.Invoke("param($script, $model) & $script -Jobs ./jobs.csv -Out ./out -Model $model -Steps 1; \"exit code $LASTEXITCODE\"",
            ("script", Example("nightly.ps1")), ("model", Model));
        Assert.Equal("PathNotFound", Assert.Single(result.ErrorIds));
        Assert.Contains("Row 2 (b): ", result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(["2 pictures made, 1 rows failed.", "exit code 1"], result.Output.Select(output => output.BaseObject).OfType<string>());
        Assert.Equal(["a-0.png", "c-0.png", "gallery.html"], Files("out"));
    }

    [Fact]
    public void A_watched_folder_turns_sketches_into_pictures()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "inbox"));
        File.Copy(Path.Combine(Folder, "sketch.png"), Path.Combine(Folder, "inbox", "lines [1].png"));
        File.WriteAllText(Path.Combine(Folder, "inbox", "broken.png"), "no picture");
        foreach (string file in Directory.GetFiles(Path.Combine(Folder, "inbox"))) { File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-1)); }
        var result = Engine.Invoke("param($script, $model) & $script -Watch ./inbox -Out ./out -Model $model -Steps 1 -Count 2 -Minutes 0.05", ("script", Example("watch-folder.ps1")), ("model", Model));
        Assert.Equal(["PictureNotRecognised"], result.ErrorIds);
        Assert.Equal(["lines [1]-0.png", "lines [1]-1.png"], Files("out"));
        Assert.Equal(["lines [1].png"], Files("inbox/done"));
        Assert.Equal(["broken.png"], Files("inbox/failed"));
        Assert.Empty(Files("inbox"));
    }
}
