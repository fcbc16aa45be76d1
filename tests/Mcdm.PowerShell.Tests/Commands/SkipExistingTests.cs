using Mcdm.Runs;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Several processes on one folder, and folders that cannot be written to.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class SkipExistingTests : TinyModelTests
{
    private const string Sample = "Invoke-McdmSample -Model $tiny -Steps 1 -Seed 1 -Count 3 -Name n -SkipExisting ./out ";

    public SkipExistingTests(PowerShellEngine engine) : base(engine) => ImportTiny();

    private string Out => Path.Combine(Folder, "out");

    private string[] Files => Directory.Exists(Out) ? [.. Directory.GetFiles(Out).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)] : [];

    private string Picture(int seed) => Path.Combine(Directory.CreateDirectory(Out).FullName, $"n-{seed}.png");

    [Fact]
    public void A_picture_that_another_process_makes_is_not_made_here()
    {
        // The claim of this process, which lives, is another pipeline's.
        using (PictureClaim.TryTake(Picture(2)))
        {
            var result = Engine.Invoke(Sample + "-Verbose | Save-McdmImage ./out").WithoutErrors();
            Assert.Equal(["n-1.png", "n-3.png"], result.Output.Select(o => o.Properties["Name"].Value));
            Assert.Contains(result.Verbose, line => line.Contains($"n-2.png' is being made by process {Environment.ProcessId} on {Environment.MachineName}", StringComparison.Ordinal));
            Assert.Equal(3, Files.Length);
        }
        Assert.Equal(["n-2.png"], Engine.Invoke(Sample + "| Save-McdmImage ./out").WithoutErrors().Output.Select(o => o.Properties["Name"].Value));
        Assert.Equal(["n-1.png", "n-2.png", "n-3.png"], Files);
    }

    [Fact]
    public void Claims_are_there_while_pictures_are_made_and_go_as_each_is_saved()
    {
        var counts = Engine.Invoke(Sample + "-BatchSize 2 | Save-McdmImage ./out | ForEach-Object { [IO.Directory]::GetFiles(\"$PWD/out\", '.mcdm-*.claim').Length }").WithoutErrors();
        Assert.Equal([2, 1, 1], counts.Output.Select(o => (int)o.BaseObject));
        Assert.Equal(["n-1.png", "n-2.png", "n-3.png"], Files);
    }

    [Theory]
    [InlineData("")]
    [InlineData("| Save-McdmImage ./elsewhere")]
    [InlineData("| ForEach-Object { throw 'no' }")]
    [InlineData("-Width 24 -Height 7 | Save-McdmImage ./out")]
    [InlineData("-Width 17 | Save-McdmImage ./out")]
    public void Claims_go_where_pictures_are_never_saved(string rest)
    {
        Engine.Invoke(Sample + rest);
        Assert.DoesNotContain(Files, file => file.EndsWith(".claim", StringComparison.Ordinal));
    }

    [Fact]
    public void Claims_go_when_the_command_is_stopped()
    {
        var result = Engine.InvokeAndStopAtFirstProgress(Sample.Replace("-Steps 1", "-Steps 500 -Sampler Ddpm", StringComparison.Ordinal) + "| Save-McdmImage ./out");
        Assert.True(result.Stopped);
        Assert.Empty(Files);
    }

    [Fact]
    public void Claims_that_a_killed_process_left_are_void()
    {
        foreach (int seed in new[] { 1, 2 }) { Leave(seed, ClaimOwner.This with { Started = ClaimOwner.This.Started.AddDays(-1) }, 0); }
        File.WriteAllText(Picture(2), "saved, but the claim was not given up");
        Assert.Equal(["n-1.png", "n-3.png"], Engine.Invoke(Sample + "| Save-McdmImage ./out").WithoutErrors().Output.Select(o => o.Properties["Name"].Value));
        Assert.Equal(["n-1.png", "n-2.png", "n-3.png"], Files);
    }

    /// <summary>A claim as another process would have left it, and renewed so long ago; gives its file.</summary>
    private string Leave(int seed, ClaimOwner owner, double minutes)
    {
        string[] before = [.. Directory.GetFiles(Directory.CreateDirectory(Out).FullName)];
        using var claim = PictureClaim.TryTake(Picture(seed));
        string file = Directory.GetFiles(Out).Except(before).Single();
        // What is another's is not deleted with this one.
        File.WriteAllText(file, owner.ToText());
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-minutes));
        return file;
    }

    private static ClaimOwner Elsewhere => ClaimOwner.This with { Host = "elsewhere" };

    [Theory]
    [InlineData(9, "", false)]
    [InlineData(11, "", true)]
    [InlineData(11, "-ClaimMinutes 12", false)]
    [InlineData(3, "-ClaimMinutes 2", true)]
    public void A_picture_of_another_computer_is_made_here_once_its_claim_was_not_renewed_for_the_minutes(double age, string minutes, bool isMade)
    {
        Leave(2, Elsewhere, age);
        var made = Engine.Invoke(Sample + minutes + " -Verbose | Save-McdmImage ./out").WithoutErrors();
        Assert.Equal(isMade ? ["n-1.png", "n-2.png", "n-3.png"] : ["n-1.png", "n-3.png"], made.Output.Select(o => o.Properties["Name"].Value));
        Assert.Equal(isMade ? 0 : 1, made.Verbose.Count(line => line.Contains("is being made by process", StringComparison.Ordinal) && line.Contains("on elsewhere", StringComparison.Ordinal)));
        Assert.Equal(3, Files.Length);
    }

    [Fact]
    public void What_was_left_to_others_is_looked_at_once_more_at_the_end()
    {
        string claim = Leave(1, Elsewhere, 1);
        var made = Engine.Invoke("param($claim) " + Sample + "-BatchSize 1 | Save-McdmImage ./out | ForEach-Object { if ($_.Name -eq 'n-2.png') { [IO.File]::SetLastWriteTimeUtc($claim, [DateTime]::UtcNow.AddHours(-1)) }; $_ }", ("claim", claim)).WithoutErrors();
        Assert.Equal(["n-2.png", "n-3.png", "n-1.png"], made.Output.Select(o => o.Properties["Name"].Value));
        Assert.Equal(["n-1.png", "n-2.png", "n-3.png"], Files);
    }

    [Fact]
    public void What_cannot_be_saved_here_is_others()
    {
        Directory.CreateDirectory(Picture(1));
        var counts = Engine.Invoke(Sample + "-BatchSize 3 | Save-McdmImage ./out -SkipExisting -ErrorAction SilentlyContinue | ForEach-Object { [IO.Directory]::GetFiles(\"$PWD/out\", '.mcdm-*.claim').Length }");
        Assert.Equal([2, 1], counts.Output.Select(o => (int)o.BaseObject));
    }

    [Fact]
    public void What_if_writes_nothing()
    {
        Engine.Invoke(Sample + "-WhatIf | Save-McdmImage ./out -WhatIf").WithoutErrors();
        Engine.Invoke("$WhatIfPreference = $true; " + Sample + "| Save-McdmImage ./out").WithoutErrors();
        Assert.False(Directory.Exists(Out));
    }

    [Theory]
    [InlineData("Invoke-McdmSample -Model $tiny -Count 2 | Save-McdmImage ./file/out")]
    [InlineData("Invoke-McdmSample -Model $tiny -Count 2 | Save-McdmImage ./file")]
    [InlineData("Invoke-McdmSample -Model $tiny -Count 2 | Save-McdmImage ./file/out.jpg")]
    [InlineData("Invoke-McdmSample -Model $tiny -Count 2 -SkipExisting ./file/out")]
    [InlineData("Invoke-McdmSample -Model $tiny -Count 2 | Save-McdmImage /proc/mcdm", true)]
    public void A_folder_that_cannot_be_written_to_is_refused_before_the_first_step(string script, bool onLinux = false)
    {
        if (onLinux && !OperatingSystem.IsLinux()) { return; }
        File.WriteAllText(Path.Combine(Folder, "file"), "");
        var result = Engine.Invoke(script);
        Assert.Equal(["OutputUnwritable"], result.ErrorIds);
        Assert.Empty(result.Progress);
    }

    [Fact]
    public void A_single_file_of_any_format_is_skipped_where_it_is_there()
    {
        foreach (string name in new[] { "one.png", "one.jpg", "one.webp" })
        {
            string script = $"Invoke-McdmSample -Model $tiny -Steps 1 -Seed 1 -SkipExisting ./{name} | Save-McdmImage ./{name} -SkipExisting";
            Assert.Single(Engine.Invoke(script).WithoutErrors().Output);
            Assert.True(File.Exists(Path.Combine(Folder, name)));
            Assert.Empty(Engine.Invoke(script).WithoutErrors().Output);
        }
    }
}
