using System.Management.Automation;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Rows of a CSV file, each a composition: what users schedule.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class RecordTests : TinyModelTests
{
    private const string RunRows = "param($csv) Import-McdmJob $csv | Invoke-McdmSample -Model $tiny ", Run = RunRows + "-Steps 2 ";

    public RecordTests(PowerShellEngine engine) : base(engine) => ImportTiny();

    private string Out => Path.Combine(Folder, "out");

    private string[] Saved => [.. Directory.GetFiles(Out).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private string Csv(params string[] lines)
    {
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "jobs [1]")).FullName, "jobs.csv");
        File.WriteAllLines(path, lines);
        return WildcardPattern.Escape(path);
    }

    private static string[] Names(EngineResult result) => [.. result.Output.Select(o => o.BaseObject is McdmImage image ? image.FileName : ((Mcdm.PowerShell.Serialization.SavedFile)o.BaseObject).Name)];

    [Fact]
    public void Rows_fill_in_any_subset_of_the_columns_and_share_batches()
    {
        File.Copy(Path.Combine(Folder, "sketch.png"), Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "jobs [1]")).FullName, "lines.png"));
        string csv = Csv("Name,Text,Sketch,Segment,Part,Seed,Count,TextWeight,Steps,Sampler,Eta",
            "a,a red disc,,,,1,2,1.5,,,",
            "b,,lines.png,,,,,,,,",
            "c,\"red, a disc\",lines.png,../mask.png,\"red disc, background\",3,,,,,",
            "d,a red disc,,,,4,,,1,Ddim,0.5");
        var result = Engine.Invoke(RunRows + "-Verbose -NoMeasure", ("csv", csv)).WithoutErrors();
        Assert.Empty(result.Warnings);
        var images = result.Output.Select(o => (McdmImage)o.BaseObject).ToList();
        Assert.Equal(["a-1", "a-2"], images.Take(2).Select(image => image.FileName));
        Assert.StartsWith("b-", images[2].FileName, StringComparison.Ordinal);
        Assert.Equal(["c-3", "d-4"], images.Skip(3).Select(image => image.FileName));
        Assert.Equal([1, 1, 1, 3, 1], images.Select(image => image.Recipe!.Conditions.Count));
        Assert.Equal(1.5, images[0].Recipe!.Conditions[0].Weight);
        Assert.Equal((1, new Ddim(0.5)), (images[4].Recipe!.Sampling.Steps, images[4].Recipe!.Sampling.Sampler));
        // Rows that sample alike went together, whatever their conditions.
        Assert.Collection(result.Verbose.Where(line => line.Contains("pictures in", StringComparison.Ordinal)),
            line => Assert.Matches(@"^4 pictures in .* s on cpu, \w+: 10 steps of DpmSolver, 4 evaluations and \d+ ms a step\.$", line),
            line => Assert.Matches(@"^1 pictures in .* s on cpu, \w+: 1 steps of Ddim, 1 evaluations and \d+ ms a step\.$", line));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public void The_batch_size_changes_no_picture(int size)
    {
        string csv = Csv("Text,Sketch,Seed,Count", "a red disc,,1,2", ",../sketch.png,2,1", "a red disc,../sketch.png,3,3", "disc,,4,1");
        var alone = Engine.Invoke(Run + "-BatchSize 1", ("csv", csv)).WithoutErrors().Output.Select(o => (McdmImage)o.BaseObject).ToList();
        var together = Engine.Invoke(Run + $"-BatchSize {size}", ("csv", csv)).WithoutErrors().Output.Select(o => (McdmImage)o.BaseObject).ToList();
        Assert.Equal(["row-0001-1", "row-0001-2", "row-0002-2", "row-0003-3", "row-0003-4", "row-0003-5", "row-0004-4"], together.Select(image => image.FileName));
        foreach (var (a, b) in alone.Zip(together)) { Assert.InRange(a.Picture.Rgba.Zip(b.Picture.Rgba, (x, y) => Math.Abs(x - y)).Average(), 0, 1); }
    }

    [Fact]
    public void Ten_thousand_rows_with_a_bad_one_make_all_the_others()
    {
        // Nothing but what the rows name is missing, so that the row's own work is all that is done.
        string csv = Csv(["Name,Text,Sketch,Seed", .. Enumerable.Range(1, 10_000).Select(row => row == 7_000 ? $"n{row},,no.png,1" : $"n{row},disc,,1")]);
        Directory.CreateDirectory(Out);
        foreach (int row in Enumerable.Range(1, 10_000).Where(row => row is not (7_000 or 3 or 9_999))) { File.WriteAllBytes(Path.Combine(Out, $"n{row}-1.png"), []); }
        var result = Engine.Invoke(Run + "-SkipExisting ./out", ("csv", csv));
        Assert.Equal(["PathNotFound"], result.ErrorIds);
        Assert.Equal("n7000", ((PSObject)result.Errors[0].TargetObject).Properties["Name"].Value);
        Assert.Equal(["n3-1", "n9999-1"], Names(result));
    }

    [Fact]
    public void Every_column_that_is_read_is_known_as_one()
    {
        string csv = Csv("Name,Text,Sampler,Combiner", "a,a red disc,Ddpm,Superposition");
        var result = Engine.Invoke(Run + "-NoMeasure", ("csv", csv)).WithoutErrors();
        Assert.Empty(result.Warnings);
        Assert.Equal(new Superposition(), ((McdmImage)result.Output[0].BaseObject).Recipe!.Combiner);
    }

    [Fact]
    public void A_stopped_run_goes_on_and_nothing_is_sampled_twice()
    {
        string csv = Csv("Name,Text,Count", "a,a red disc,3", ",a red disc,2");
        const string save = "-SkipExisting ./out | Save-McdmImage ./out -SkipExisting";
        Assert.Equal(["a-0.png", "a-1.png", "a-2.png", "row-0002-0.png", "row-0002-1.png"], Names(Engine.Invoke(Run + save, ("csv", csv)).WithoutErrors()));
        Assert.Empty(Engine.Invoke(Run + save, ("csv", csv)).WithoutErrors().Output);
        File.Delete(Path.Combine(Out, "a-1.png"));
        File.Delete(Path.Combine(Out, "row-0002-0.png"));
        byte[] kept = File.ReadAllBytes(Path.Combine(Out, "a-2.png"));
        var again = Engine.Invoke(Run + "-Verbose " + save, ("csv", csv)).WithoutErrors();
        Assert.Equal(["a-1.png", "row-0002-0.png"], Names(again));
        Assert.Equal(3, again.Verbose.Count(line => line.Contains("not sampled again", StringComparison.Ordinal)));
        Assert.Equal(kept, File.ReadAllBytes(Path.Combine(Out, "a-2.png")));
        Assert.Equal(5, Saved.Length);
    }

    [Fact]
    public void What_a_killed_process_left_goes_and_what_is_being_written_stays()
    {
        Directory.CreateDirectory(Out);
        string[] files = [Path.Combine(Out, ".mcdm-old.tmp"), Path.Combine(Out, ".mcdm-new.tmp"), Path.Combine(Out, "mine.tmp")];
        foreach (string file in files) { File.WriteAllText(file, ""); }
        foreach (string file in new[] { files[0], files[2] }) { File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1)); }
        Engine.Invoke("Invoke-McdmSample -Model $tiny -Steps 1 -Seed 1 | Save-McdmImage ./out").WithoutErrors();
        Assert.Equal([".mcdm-new.tmp", "Tiny-1.png", "mine.tmp"], Saved);
    }

    [Fact]
    public void Two_rows_that_would_write_one_file_are_an_error_and_the_first_is_kept()
    {
        string csv = Csv("Name,Text,Seed", "a,a red disc,1", "a,a green disc,1", "b,a red disc,1");
        foreach (string save in new[] { " | Save-McdmImage ./out -Force", "-SkipExisting ./none | Save-McdmImage ./none" })
        {
            var result = Engine.Invoke(Run + save, ("csv", csv));
            Assert.Equal(["OutputTwice"], result.ErrorIds);
            Assert.Equal(["a-1.png", "b-1.png"], Names(result));
        }
        Assert.Equal("a red disc", Recipe.FromPng(Path.Combine(Out, "a-1.png")).Conditions[0].Text);
    }

    [Theory]
    [InlineData("Txt,Seed", "Column 'Txt' is not read. Did you mean 'Text'?")]
    [InlineData("Text,sketchweigth", "Column 'sketchweigth' is not read. Did you mean 'SketchWeight'?")]
    [InlineData("Text,Photographer", "Column 'Photographer' is not read.")]
    [InlineData("Name,Seed", "There is no column Text, LiteralText, Sketch, Segment, LowResolution or Control, so the pictures follow nothing (columns: Name, Seed).")]
    public void Columns_that_are_not_read_are_warned_of_once(string header, string warning)
    {
        string csv = Csv(header, "1,1", "2,2", "3,3");
        Assert.Contains(warning, Assert.Single(Engine.Invoke("param($csv) Import-McdmJob $csv", ("csv", csv)).WithoutErrors().Warnings), StringComparison.Ordinal);
        var rows = Engine.Invoke("""
            param($a, $b)
            1..3 | ForEach-Object { [pscustomobject]@{ $a = "$_"; $b = "$_" } } | Invoke-McdmSample -Model $tiny -Steps 1
            """, ("a", header.Split(',')[0]), ("b", header.Split(',')[1])).WithoutErrors();
        Assert.Contains(warning, Assert.Single(rows.Warnings), StringComparison.Ordinal);
        Assert.Equal(3, rows.Output.Count);
        var both = Engine.Invoke(Run + "-NoMeasure", ("csv", csv)).WithoutErrors();
        Assert.Contains(warning, Assert.Single(both.Warnings), StringComparison.Ordinal);
        Assert.Equal(3, both.Output.Count);
    }

    [Fact]
    public void A_column_that_a_script_adds_to_a_files_rows_is_warned_of()
    {
        string csv = Csv("Text,Seed", "a red disc,1");
        var result = Engine.Invoke("param($csv) Import-McdmJob $csv | Add-Member Txt 'a blue disc' -PassThru | Invoke-McdmSample -Model $tiny -Steps 1 -NoMeasure", ("csv", csv));
        Assert.Contains("'Txt'", Assert.Single(result.WithoutErrors().Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_start_at_the_base_path()
    {
        string other = Directory.CreateDirectory(Path.Combine(Folder, "other [2]")).FullName;
        File.Move(Path.Combine(Folder, "sketch.png"), Path.Combine(other, "lines.png"));
        const string record = "[pscustomobject]@{ Sketch = 'lines.png'; Seed = 1 } | Invoke-McdmSample -Model $tiny -Steps 1";
        Assert.Equal(["PathNotFound"], Engine.Invoke(record).ErrorIds);
        Engine.Invoke(record + " -BasePath './other [2]'").WithoutErrors();
        Engine.Invoke(record + " -BasePath './other [2]/lines.png'").WithoutErrors();
        Engine.Invoke("param($full) [pscustomobject]@{ Sketch = $full } | Invoke-McdmSample -Model $tiny -Steps 1 -BasePath ./elsewhere",
            ("full", WildcardPattern.Escape(Path.Combine(other, "lines.png")))).WithoutErrors();
    }

    [Theory]
    [InlineData("", "JobsEmpty", 0)]
    [InlineData("Text,text\na,b", "JobColumnTwice", 0)]
    [InlineData("Text,Seed\na,1\nb\nc,3", "JobCells", 2)]
    [InlineData("Text,Seed\na,1\n\"b\"c\",2\nc,3", "JobQuotes", 2)]
    public void A_damaged_file_says_where(string content, string id, int rows)
    {
        File.WriteAllText(Path.Combine(Folder, "jobs.csv"), content);
        var result = Engine.Invoke("Import-McdmJob ./jobs.csv");
        Assert.Equal([id], result.ErrorIds);
        Assert.Equal(rows, result.Output.Count);
    }

    [Fact]
    public void A_cell_that_is_no_number_is_an_error_of_its_row()
    {
        var result = Engine.Invoke(RunRows, ("csv", Csv("Name,Text,Seed,Steps", "a,disc,1,many", "b,disc,2,", "c,disc,-3,1", "d,disc,,1")));
        Assert.Equal(2, result.Errors.Count);
        Assert.All(result.Errors, error => Assert.False(result.Terminated, error.ToString()));
        Assert.Contains("'many' is not a whole number", result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(2, result.Output.Count);
        Assert.Equal("b-2", Names(result)[0]);
        Assert.NotEqual("d-0", Names(result)[1]);
    }

    [Fact]
    public void A_model_removed_while_rows_come_ends_the_command_with_one_error()
    {
        var result = Engine.Invoke("""
            1..20 | ForEach-Object { [pscustomobject]@{ Text = 'disc'; Seed = $_; Name = 'n' } } |
                Invoke-McdmSample -Model $tiny -Steps 1 -BatchSize 2 | ForEach-Object { Remove-McdmModel $tiny; $_ }
            """);
        Assert.Equal(["ModelRemoved"], result.ErrorIds);
        Assert.Equal(["n-1", "n-2"], Names(result));
    }

    [Fact]
    public void Once_in_a_while_it_is_said_how_far_the_rows_are()
    {
        string csv = Csv("Name,Text,Seed", "a,disc,1", "b,disc,2", "c,disc,3");
        var interval = Hosting.JobProgress.Interval;
        Hosting.JobProgress.Interval = TimeSpan.Zero;
        try
        {
            var said = Engine.Invoke("param($csv) Import-McdmJob $csv | Invoke-McdmSample -Model $tiny -Steps 1 -BatchSize 1 6>&1 | Where-Object { $_ -is [System.Management.Automation.InformationRecord] } | ForEach-Object { \"$_\" }", ("csv", csv))
                .WithoutErrors().Output.Select(line => $"{line}").ToList();
            Assert.Equal(3, said.Count);
            Assert.Matches(@"^row 2 of 3 \(b\): 1 pictures done, [\d.]+ a minute, 0:00:\d\d left$", said[1]);
        }
        finally
        {
            Hosting.JobProgress.Interval = interval;
        }
    }

    [Fact]
    public void Results_are_objects_for_csv_json_and_further_cmdlets()
    {
        var saved = Engine.Invoke("Invoke-McdmSample -Model $tiny -Text disc -Seed 5 -Steps 1 | Save-McdmImage ./out").WithoutErrors().Output[0];
        string path = Assert.IsType<Mcdm.PowerShell.Serialization.SavedFile>(saved.BaseObject).Path;
        Assert.Equal((Path.Combine(Out, "Tiny-5.png"), 5L, "Text 'disc'"), (path, (long)saved.Properties["Seed"].Value, (string)saved.Properties["Conditions"].Value));
        Assert.True((double)saved.Properties["Seconds"].Value > 0);
        // A row of such a CSV makes the picture again.
        var again = Engine.Invoke("param($recipe) [pscustomobject]@{ Recipe = $recipe } | Invoke-McdmSample -Model $tiny", ("recipe", saved.Properties["Recipe"].Value)).WithoutErrors().Only<McdmImage>();
        Assert.Equal(PictureFile.Read(path).Rgba, again.Picture.Rgba);
        Assert.Equal(4, Engine.Invoke("""
            $saved = Invoke-McdmSample -Model $tiny -Text disc -Seed 6 -Steps 1 | Save-McdmImage ./out
            function Get-Thing { param([Parameter(ValueFromPipelineByPropertyName)] [Alias('FullName')] [string] $LiteralPath) process { $LiteralPath } }
            $saved | Join-McdmImage
            $saved | ConvertTo-McdmSketch
            $saved | New-McdmCondition -Modality Sketch
            $saved | Get-Thing
            """).WithoutErrors().Output.Count);
        Assert.Equal(["ForceOrSkip"], Engine.Invoke("Invoke-McdmSample -Model $tiny -Steps 1 | Save-McdmImage ./out -Force -SkipExisting").ErrorIds);
    }

    [Fact]
    public void Progress_is_nested_batches_in_pictures()
    {
        var result = Engine.Invoke("Invoke-McdmSample -Model $tiny -Count 4 -BatchSize 2 -Sampler Ddpm -Steps 300").WithoutErrors();
        var all = result.Progress.First(record => record.ParentActivityId < 0);
        var batch = result.Progress.First(record => record.ParentActivityId == all.ActivityId);
        Assert.Contains("of 4 pictures done", all.StatusDescription, StringComparison.Ordinal);
        Assert.Matches(@"^2 pictures, step \d+ of 300$", batch.StatusDescription);
        Assert.Contains(result.Progress, record => record.ActivityId == batch.ActivityId && record.RecordType == ProgressRecordType.Completed);
    }
}
