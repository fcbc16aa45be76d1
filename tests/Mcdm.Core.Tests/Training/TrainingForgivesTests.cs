using Mcdm.Core.Tests.Imaging;
using Mcdm.Datasets;
using Mcdm.Families.Own.Files;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.Training;
using Mcdm.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Training;

/// <summary>A run outlives broken pictures, lost files and other programs.</summary>
public sealed class TrainingForgivesTests : IDisposable
{
    private readonly TinyFaces _faces = new();

    private string Run(string file = "") => Path.Combine(_faces.Run("run"), file);

    private TrainingResult Train(TrainingOptions options, bool resume = false, PictureDataset? dataset = null, Action<string>? warn = null) =>
        new Trainer(dataset ?? _faces.Dataset, options, Run()) { Warn = warn }.Run(resume);

    private TrainingResult Resume(PictureDataset? dataset = null, Action<string>? warn = null) => Train(Trainer.OptionsOf(Run()), resume: true, dataset, warn);

    [Fact]
    public void A_broken_picture_in_the_middle_leaves_a_checkpoint_from_which_the_mended_dataset_goes_on()
    {
        var options = TinyFaces.Options(steps: 4);
        var whole = new Trainer(_faces.Dataset, options, _faces.Run("whole")).Run(resume: false);
        // Of an epoch of four steps, the picture that comes last.
        var dataset = _faces.Dataset;
        var last = new ShuffledItems<int>(dataset.Items, options, 0, _ => 0).Batch(3).Last().Item.PicturePath;
        byte[] picture = File.ReadAllBytes(last);
        File.WriteAllBytes(last, picture[..(picture.Length / 2)]);
        List<string> warnings = [];
        var error = Assert.Throws<McdmException>(() => Train(options, warn: warnings.Add));
        Assert.Contains(last, error.Message, StringComparison.Ordinal);
        Assert.Contains("after step 3", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(3, _faces.Losses("run").Length);
        using (var model = ModelPack.Read(Run())) { Assert.Equal(3, model.Unconditional.Training!.Steps); }

        File.WriteAllBytes(last, picture);
        Assert.True(Resume(warn: warnings.Add).Completed);
        Assert.Contains("1 have changed", warnings[1], StringComparison.Ordinal);
        Assert.Equal(_faces.Losses("whole")[3], _faces.Losses("run")[3], 5);
        Assert.Equal(4, whole.Step);
    }

    [Fact]
    public void A_picture_that_cannot_be_mended_may_be_taken_away()
    {
        Train(TinyFaces.Options(Modality.LowResolution, steps: 1));
        File.Delete(_faces.Data("images/003.png"));
        List<string> warnings = [];
        Assert.Equal(2, Train(Trainer.OptionsOf(Run()) with { Steps = 2 }, resume: true, warn: warnings.Add).Step);
        Assert.Contains("1 are not there now", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Text")]
    [InlineData("Sketch")]
    [InlineData("Segment")]
    [InlineData("LowResolution")]
    [InlineData("Picture")]
    [InlineData("judge")]
    [InlineData("autoencoder")]
    public void Another_dataset_is_refused_whatever_is_learnt(string? name)
    {
        Directory.CreateDirectory(_faces.Data("depth"));
        foreach (string file in Directory.EnumerateFiles(_faces.Data("images"))) { File.Copy(file, _faces.Data($"depth/{Path.GetFileName(file)}")); }
        var options = name switch
        {
            "judge" => TinyFaces.JudgeOptions(1),
            "autoencoder" => TinyFaces.AutoencoderOptions(1),
            "Picture" => TinyFaces.Options(Modality.Picture, 1) with { Expert = "depth" },
            _ => TinyFaces.Options(Modality.Find(name), 1),
        };
        Train(options);
        // The same names and labels; what is to be seen is another matter.
        foreach (string file in Directory.EnumerateFiles(_faces.Data("images"))) { PngFile.Write(TinyFaces.Disc(5, new(10, 20, 30), new(200, 100, (byte)file.GetHashCode(StringComparison.Ordinal))), file, overwrite: true); }
        var error = Assert.Throws<McdmException>(() => Resume());
        Assert.Equal("CheckpointDataset", error.Id);
        Assert.Contains("16 have changed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dataset_with_more_pictures_is_another_one()
    {
        Train(TinyFaces.Options(steps: 1));
        File.Copy(_faces.Data("images/000.png"), _faces.Data("images/more.png"));
        Assert.Contains("1 others", Assert.Throws<McdmException>(() => Resume()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_an_earlier_version_says_nothing_of_its_pictures_and_is_resumed()
    {
        Train(TinyFaces.Options(steps: 1));
        List<(string, Tensor)> tensors;
        Dictionary<string, string> metadata;
        using (var file = SafeTensorsFile.Open(Run("checkpoint.safetensors")))
        {
            tensors = file.Names.Select(tensor => (tensor, file.Read(tensor))).ToList();
            metadata = file.Metadata.Where(pair => pair.Key is not ("pictures" or "losses")).ToDictionary();
        }
        SafeTensorsWriter.Write(Run("checkpoint.safetensors"), tensors, metadata);
        File.Copy(_faces.Data("images/000.png"), _faces.Data("images/more.png"));
        Assert.Equal(_faces.Losses("run")[0], Resume().Loss, 5);
    }

    [Theory]
    [InlineData("Text", "text.safetensors")]
    [InlineData("Text", "vocabulary.txt")]
    [InlineData(null, "model.json")]
    [InlineData("judge", "judge.safetensors")]
    [InlineData("autoencoder", "space.json")]
    public void A_finished_run_whose_model_is_gone_writes_it_again(string? name, string file)
    {
        Train(name switch { "judge" => TinyFaces.JudgeOptions(1), "autoencoder" => TinyFaces.AutoencoderOptions(1), _ => TinyFaces.Options(Modality.Find(name), 1) });
        byte[] before = File.ReadAllBytes(Run(file));
        File.Delete(Run(file));
        Assert.True(Resume().Completed);
        Assert.Equal(before, File.ReadAllBytes(Run(file)));
    }

    [Theory]
    [InlineData("step;loss;gradient_norm;learning_rate;seconds\r\n1;0,623723;0,41;2e-06;0,1\r\n2;0,701;0,39;4e-06;0,1\r\n")]
    [InlineData("step,loss,gradient_norm,learning_rate,seconds\n1,0.5,1,1,1\n2,oh")]
    [InlineData("\0\0\0")]
    [InlineData("")]
    public void What_became_of_the_log_neither_stops_nor_changes_a_run(string log)
    {
        Train(TinyFaces.Options(steps: 2));
        double[] losses = _faces.Losses("run");
        File.WriteAllText(Run("loss.csv"), log);
        var resumed = Train(Trainer.OptionsOf(Run()) with { Steps = 3 }, resume: true);
        Assert.Equal(losses.Average(), (3 * resumed.Loss - _faces.Losses("run")[^1]) / 2, 4);
        Assert.StartsWith("3,", File.ReadLines(Run("loss.csv")).Last(), StringComparison.Ordinal);
        // What another program made of it is kept.
        Assert.Equal(log.Length > 0 ? log : null, File.Exists(Run("loss-2.csv")) ? File.ReadAllText(Run("loss-2.csv")) : null);
    }

    [Fact]
    public void Every_broken_picture_and_label_is_found_before_the_first_step()
    {
        File.WriteAllText(_faces.Data("images/003.png"), "no picture");
        PngFile.Write(Pictures.Filled(TinyFaces.Size, TinyFaces.Size, new(1, 2, 3)), _faces.Data("masks/007.png"), overwrite: true);
        File.WriteAllText(_faces.Data("masks/011.png"), "no mask");
        var progress = new List<(int, int)>();
        var trainer = new Trainer(_faces.Dataset, TinyFaces.Options(Modality.Segment), Run());
        var failures = trainer.Validate((done, all) => progress.Add((done, all))).ToList();
        Assert.Equal(["003", "007", "011"], failures.Select(failure => failure.Item.Name));
        Assert.Contains(_faces.Data("images/003.png"), failures[0].Error.Message, StringComparison.Ordinal);
        Assert.Contains(_faces.Data("masks/007.png"), failures[1].Error.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, 16).Select(done => (done, 16)), progress);
        Assert.False(Directory.Exists(Run()));
        // Another expert needs no masks.
        Assert.Equal(["003"], new Trainer(_faces.Dataset, TinyFaces.Options(Modality.Sketch), Run()).Validate().Select(failure => failure.Item.Name));
    }

    [Fact]
    public void Pictures_that_were_read_are_not_read_again_at_a_checkpoint()
    {
        // Two steps of eight see all sixteen; the statistics of the latents are taken over them afterwards.
        void Forget(TrainingProgress state)
        {
            if (state.Step == 2) { Directory.Delete(_faces.Data("images"), recursive: true); }
        }
        Assert.True(new Trainer(_faces.Dataset, TinyFaces.AutoencoderOptions(2), Run()) { Progress = Forget }.Run(resume: false).Completed);
        Assert.True(File.Exists(Run("space.json")));
    }

    [Fact]
    public void A_model_that_is_being_saved_is_read_as_soon_as_it_is_whole()
    {
        Train(TinyFaces.Options(steps: 1));
        new Trainer(_faces.Dataset, TinyFaces.Options(steps: 2), _faces.Run("later")).Run(resume: false);
        // As between the two renames of a save: the weights are new, the description is not yet.
        File.Copy(Path.Combine(_faces.Run("later"), "unconditional.safetensors"), Run("unconditional.safetensors"), overwrite: true);
        var saving = new Thread(() =>
        {
            Thread.Sleep(200);
            File.Move(Path.Combine(_faces.Run("later"), "model.json"), Run("model.json"), overwrite: true);
        });
        Assert.Equal("ModelWeightsChanged", Assert.Throws<McdmException>(() => ModelPack.Read(Run())).Id);
        saving.Start();
        using var model = ModelPack.Read(Run());
        Assert.Equal(2, model.Unconditional.Training!.Steps);
        saving.Join();
    }

    [Fact]
    public void A_save_that_fails_leaves_the_model_as_it_was()
    {
        Train(TinyFaces.Options(steps: 1));
        var before = Directory.EnumerateFiles(Run()).Order().Select(file => (file, Convert.ToHexString(File.ReadAllBytes(file)))).ToList();
        using var model = ModelPack.Read(Run());
        IEnumerable<(string, Tensor)> Weights()
        {
            yield return ModuleWeights.Of(model.Trained(null).Network).First();
            throw new IOException("the disk is full");
        }
        Assert.Equal("OutputUnwritable", Assert.Throws<McdmException>(() => ModelPack.Write(Run(), "other", null, null, model.Space, [(model.Trained(null), ModuleWeights.Of(model.Trained(null).Network)), (model.Trained(null), Weights())])).Id);
        Assert.Equal(before, Directory.EnumerateFiles(Run()).Order().Select(file => (file, Convert.ToHexString(File.ReadAllBytes(file)))));
    }

    public void Dispose() => _faces.Dispose();
}
