using Mcdm.Datasets;
using Mcdm.Display.Terminal;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.PowerShell.Hosting;
using Mcdm.Sampling;
using Mcdm.Training;

namespace Mcdm.PowerShell.Tests.Commands;

[Collection(PowerShellEngine.Collection)]
public sealed class TrainingCommandTests
{
    private const string Start = "param($data) Import-McdmDataset $data | Start-McdmTraining -ImageSize 16 -Channels 8, 16 -Blocks 1, 1 -BatchSize 2 -OutputPath ./run ";
    private readonly PowerShellEngine _engine;

    public TrainingCommandTests(PowerShellEngine engine)
    {
        _engine = engine;
        TinyModel.Folder(engine);
        engine.Reset();
    }

    private EngineResult Invoke(string script) => _engine.Invoke(script, ("data", TinyModel.Data));

    [Fact]
    public void A_dataset_reports_its_modalities()
    {
        var dataset = Invoke("param($data) Import-McdmDataset $data").WithoutErrors().Only<PictureDataset>();
        Assert.Equal((8, 0, 8, 8), (dataset.Pictures, dataset.Sketches, dataset.Masks, dataset.Captioned));
    }

    [Fact]
    public void Training_shows_progress_and_leaves_a_model()
    {
        var result = Invoke(Start + "-Modality Sketch -Steps 2");
        Assert.Equal((2, true), (result.WithoutErrors().Only<TrainingResult>().Step, result.Only<TrainingResult>().Completed));
        Assert.Contains(result.Progress, record => record.StatusDescription.Contains("loss", StringComparison.Ordinal));
        Assert.Equal([Mcdm.Modalities.Modality.Sketch], Invoke("Import-McdmModel ./run | ForEach-Object { $_ }; Get-McdmModel | Remove-McdmModel").WithoutErrors().Only<Model>().Modalities);
    }

    [Theory]
    [InlineData("-Modality Sketch", 2)]
    [InlineData("-Modality Text", 2)]
    [InlineData("", 4)]
    [InlineData("-Judge", 2)]
    public void A_look_before_training_is_a_sheet_and_nothing_else(string what, int pictures)
    {
        var sheet = Invoke(Start + $"-Preview {what}").WithoutErrors().Only<McdmImage>();
        Assert.Equal("preview", sheet.FileName);
        // Side by side, each of 16 pixels twelve times as large: the picture, and what is read of it.
        Assert.Equal(pictures, (sheet.Width - 8) / (16 * 12 + 8));
        Assert.False(Directory.Exists(Path.Combine(_engine.Folder, "run")));
    }

    [Fact]
    public void A_dataset_among_pictures_is_the_sheet_that_a_look_before_training_gives()
    {
        var sheet = Invoke("param($data) Import-McdmDataset $data | Start-McdmTraining -OutputPath ./run -Preview").WithoutErrors().Only<McdmImage>();
        HostTerminal.StandIn = new TerminalScreen(GraphicsProtocol.HalfBlock, 80, 24, CellSize.Usual);
        try
        {
            var shown = Invoke("param($data) Import-McdmDataset $data | Show-McdmImage -PassThru").WithoutErrors();
            Assert.Equal(sheet.FileName, shown.Only<McdmImage>().FileName);
            Assert.Equal(sheet.Picture.Rgba, shown.Only<McdmImage>().Picture.Rgba);
            Assert.NotEmpty(shown.HostText);
        }
        finally
        {
            HostTerminal.StandIn = null;
        }
        // A cell of its size, beside another picture.
        var joined = Invoke("param($data) $set = Import-McdmDataset $data; $set | Join-McdmImage -Scale 1; Join-McdmImage -Image $set, $set -Columns 1 -Scale 1").WithoutErrors();
        Assert.All(joined.Output.Select(one => (McdmImage)one.BaseObject), one => Assert.InRange(one.Width, sheet.Width, sheet.Width + 40));
        Assert.True(((McdmImage)joined.Output[1].BaseObject).Height > 2 * sheet.Height);
    }

    [Fact]
    public void What_cannot_be_read_of_a_dataset_has_the_reason_in_its_place()
    {
        string some = Directory.CreateDirectory(Path.Combine(_engine.Folder, "some")).FullName;
        File.WriteAllText(Path.Combine(some, "b.png"), "no picture");
        var result = Invoke("Import-McdmDataset ./some | Join-McdmImage");
        Assert.Empty(result.Output);
        Assert.Contains("b.png' is not a picture", Assert.Single(result.Errors).ToString(), StringComparison.Ordinal);

        File.Copy(Directory.EnumerateFiles(Path.Combine(TinyModel.Data, "images")).First(), Path.Combine(some, "a.png"));
        var sheet = Invoke("Import-McdmDataset ./some | Join-McdmImage -Scale 1").WithoutErrors().Only<McdmImage>();
        File.Delete(Path.Combine(some, "b.png"));
        Assert.True(sheet.Height > Invoke("Import-McdmDataset ./some | Join-McdmImage -Scale 1").WithoutErrors().Only<McdmImage>().Height);
    }

    [Fact]
    public void A_picture_that_cannot_be_seen_is_an_error_and_the_others_are_shown()
    {
        Directory.CreateDirectory(Path.Combine(_engine.Folder, "some"));
        File.Copy(Directory.EnumerateFiles(Path.Combine(TinyModel.Data, "images")).First(), Path.Combine(_engine.Folder, "some", "a.png"));
        File.WriteAllText(Path.Combine(_engine.Folder, "some", "b.png"), "no picture");
        var result = Invoke("Import-McdmDataset ./some | Start-McdmTraining -ImageSize 16 -OutputPath ./run -Preview");
        Assert.Equal(["PictureNotRecognised"], result.ErrorIds);
        Assert.Equal("preview", result.Only<McdmImage>().FileName);
    }

    [Fact]
    public void Stopping_leaves_a_checkpoint_and_a_model_and_resuming_finishes()
    {
        Assert.True(_engine.InvokeAndStopAtFirstProgress(Start + "-Steps 40", ("data", TinyModel.Data)).Stopped);
        Invoke("Import-McdmModel ./run | Remove-McdmModel").WithoutErrors();
        Assert.Equal(["OutputExists"], Invoke(Start + "-Steps 40").ErrorIds);
        Assert.Equal(40, Invoke(Start + "-Resume").WithoutErrors().Only<TrainingResult>().Step);
        Assert.Equal(41, File.ReadLines(Path.Combine(_engine.Folder, "run", "loss.csv")).Count());
    }

    [Fact]
    public void Stopping_leaves_a_checkpoint_also_where_every_step_shows_progress()
    {
        // Steps take longer than the time between two updates: the next one is refused by the engine, which is stopping.
        string start = Start.Replace("-ImageSize 16 -Channels 8, 16 -Blocks 1, 1 -BatchSize 2", "-ImageSize 64 -Channels 32, 64 -Blocks 1, 1 -BatchSize 32", StringComparison.Ordinal);
        Assert.True(_engine.InvokeAndStopAtFirstProgress(start + "-Steps 4000", ("data", TinyModel.Data)).Stopped);
        Assert.True(File.Exists(Path.Combine(_engine.Folder, "run", "checkpoint.safetensors")));
        Invoke("Import-McdmModel ./run | Remove-McdmModel").WithoutErrors();
    }

    [Fact]
    public void A_sketch_without_a_line_warns_once_and_is_counted()
    {
        var white = new Picture(16, 16, Enumerable.Repeat((byte)255, 4 * 16 * 16).ToArray());
        foreach (string folder in new[] { "images", "sketches" })
        {
            Directory.CreateDirectory(Path.Combine(_engine.Folder, "blank", folder));
            for (int i = 0; i < 8; i++) { PngFile.Write(white, Path.Combine(_engine.Folder, "blank", folder, $"{i}.png")); }
        }
        var result = _engine.Invoke(Start + "-Modality Sketch -Steps 8", ("data", Path.Combine(_engine.Folder, "blank")));
        Assert.Empty(result.ErrorIds);
        Assert.Equal(2, result.Warnings.Count);
        Assert.Contains("is a sketch without a line", result.Warnings[0], StringComparison.Ordinal);
        Assert.StartsWith("8 sketches have no line", result.Warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_looks_at_patches_of_the_size_that_is_named()
    {
        Invoke(Start + "-Modality Sketch -PatchSize 1 -Steps 2").WithoutErrors();
        var model = Invoke("Import-McdmModel ./run | ForEach-Object { $_ }; Get-McdmModel | Remove-McdmModel").WithoutErrors().Only<Model>();
        Assert.Equal(1, ((TrainedExpert)model.Experts[0]).Options.PatchSize);
        Assert.Contains("-PatchSize 1 (not 2)", Invoke(Start + "-Modality Sketch -Resume -PatchSize 2").Warnings.Single(), StringComparison.Ordinal);
        Invoke(Start + "-Judge -PatchSize 1 -Steps 2 -Force").WithoutErrors();
        Assert.Contains("\"patchSize\": 1", File.ReadAllText(Path.Combine(_engine.Folder, "run", "judge.json")), StringComparison.Ordinal);
        var refused = Invoke(Start + "-PatchSize 16 -Force");
        Assert.Equal(["ImageSizeIndivisible"], refused.ErrorIds);
        Assert.Equal(["AmbiguousParameterSet"], Invoke(Start + "-Autoencoder -PatchSize 1 -Force").ErrorIds);
    }

    [Fact]
    public void A_text_expert_reads_the_sentence_at_the_levels_that_are_named()
    {
        Invoke(Start + "-Modality Text -CrossAttentionLevels 0, 1 -Steps 2").WithoutErrors();
        var model = Invoke("Import-McdmModel ./run | ForEach-Object { $_ }; Get-McdmModel | Remove-McdmModel").WithoutErrors().Only<Model>();
        Assert.Equal([0, 1], ((TrainedExpert)model.Experts[0]).Options.CrossAttentionLevels!);
        Assert.Equal(["NetworkLevels"], Invoke(Start + "-Modality Text -CrossAttentionLevels 2 -Force").ErrorIds);
        Assert.Equal(["NetworkLevels"], Invoke(Start + "-Modality Sketch -CrossAttentionLevels 1 -Force").ErrorIds);
    }

    [Fact]
    public void What_if_trains_nothing()
    {
        Assert.Empty(Invoke(Start + "-WhatIf").WithoutErrors().Output);
        Assert.False(Directory.Exists(Path.Combine(_engine.Folder, "run")));
    }

    [Theory]
    [InlineData("-Resume", "CheckpointNotFound")]
    [InlineData("-Blocks 1", "NetworkLevels")]
    public void Bad_settings_have_an_error_id(string settings, string id) =>
        Assert.Equal([id], Invoke(Start.Replace("-Blocks 1, 1 ", settings.StartsWith("-Blocks", StringComparison.Ordinal) ? "" : "-Blocks 1, 1 ", StringComparison.Ordinal) + settings).ErrorIds);

    [Fact]
    public void A_size_that_cannot_be_halved_is_refused() =>
        Assert.Equal(["ImageSizeIndivisible"], Invoke(Start.Replace("16 -Channels", "18 -Channels", StringComparison.Ordinal)).ErrorIds);

    [Fact]
    public void An_existing_model_is_not_replaced_without_force()
    {
        const string export = "param($path) $m = Import-McdmModel -Path $path; $m | Export-McdmModel ./copy; $m | Remove-McdmModel";
        Assert.Empty(_engine.Invoke(export, ("path", TinyModel.Folder(_engine))).ErrorIds);
        Assert.Equal(["OutputExists"], _engine.Invoke(export, ("path", TinyModel.Folder(_engine))).ErrorIds);
    }

    [Fact]
    public void Resuming_with_other_settings_says_that_they_are_not_used()
    {
        Assert.True(_engine.InvokeAndStopAtFirstProgress(Start + "-Steps 40", ("data", TinyModel.Data)).Stopped);
        var result = Invoke(Start + "-Resume -Steps 60 -LearningRate 1e-3");
        Assert.Equal(40, result.WithoutErrors().Only<TrainingResult>().Step);
        string warning = Assert.Single(result.Warnings);
        Assert.Contains("-Steps 40 (not 60), -LearningRate", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("Channels", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Importing_a_folder_again_gives_the_same_model_until_it_changes()
    {
        string folder = TinyModel.Folder(_engine);
        var models = _engine.Invoke("""
            param($path)
            $a = Import-McdmModel -Path $path -Precision Float32; $a; Import-McdmModel -Path "$path/" -Precision Float32; Import-McdmModel -Path $path -Precision Float32 -Force
            Import-McdmModel -Path $path -Precision BFloat16
            $a | Export-McdmModel ./copy | Out-Null
            Import-McdmModel -Path ./copy; $a | Export-McdmModel ./copy -Force -Name Other | Out-Null; Import-McdmModel -Path ./copy
            """, ("path", folder)).WithoutErrors().Output.Select(o => (Model)o.BaseObject).ToArray();
        Assert.Same(models[0], models[1]);
        Assert.Equal(5, models.Distinct().Count());
        Assert.Equal(["Tiny", "Other"], models[^2..].Select(model => model.Name));
        Assert.Empty(_engine.Invoke("Remove-McdmModel Ti*, Other; Get-McdmModel").WithoutErrors().Output);
        Assert.Empty(_engine.Invoke("Remove-McdmModel Ti*").WithoutErrors().Output);
        Assert.All(models, model => Assert.True(model.IsDisposed));
    }
}
