using Mcdm.Core.Tests.Datasets;
using Mcdm.Core.Tests.Evaluation;
using Mcdm.Datasets;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Imaging.Lines;
using Mcdm.Modalities;
using Mcdm.Modalities.LowResolution;
using Mcdm.Modalities.Sketch;
using Mcdm.Modalities.Text;
using Mcdm.Runtime;
using Mcdm.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Training;

public sealed class TrainingBatchesTests : IDisposable
{
    private const int Size = 8;
    private readonly DatasetFiles _files = new();

    private static TrainingOptions Options(int batchSize) => new() { ImageSize = Size, BatchSize = batchSize };

    private IReadOnlyList<DatasetItem> Items(int count)
    {
        for (int i = 0; i < count; i++) { _files.Picture($"images/{i}.png", Size, Size, new PictureColor((byte)(10 * i), 0, 255)); }
        return _files.Open().Items;
    }

    /// <summary>Which of the pictures made by <see cref="Items"/> each row of a batch is.</summary>
    private static int[] Which(Tensor pictures) => pictures.select(1, 0).select(1, 0).select(1, 0).data<float>().Select(red => (int)Math.Round((red + 1) * 127.5 / 10)).ToArray();

    [Fact]
    public void Pictures_are_in_minus_one_to_one_and_have_no_condition_without_a_modality()
    {
        var (pictures, conditions) = new TrainingBatches(Items(1), Options(2), null).Draw(0);
        Assert.Null(conditions);
        Assert.Equal([2, 3, Size, Size], pictures.shape);
        Assert.Equal([-1f, -1f, 1f], pictures[0].mean([1, 2]).data<float>().ToArray());
    }

    [Fact]
    public void Every_epoch_shows_every_picture_once_in_an_order_of_its_own()
    {
        // Batches of 3 from 7 pictures: epochs end inside a batch.
        var batches = new TrainingBatches(Items(7), Options(3), null);
        int[] seen = Enumerable.Range(0, 14).SelectMany(step => Which(batches.Draw(step).Z0)).ToArray();
        var epochs = seen.Chunk(7).ToList();
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 7), epoch.Order()));
        Assert.True(epochs.Select(epoch => string.Join(' ', epoch)).Distinct().Count() > 4);
    }

    [Fact]
    public async Task A_batch_is_whole_though_nothing_else_holds_its_pictures_and_garbage_is_collected()
    {
        var batches = new TrainingBatches(Items(7), Options(64), null);
        int[] expected = Which(batches.Draw(0).Z0);
        using var done = new CancellationTokenSource();
        var collecting = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        for (int repeat = 0; repeat < 300; repeat++) { Assert.Equal(expected, Which(batches.Draw(0).Z0)); }
        await done.CancelAsync();
        await collecting;
    }

    [Fact]
    public void The_order_depends_on_the_seed()
    {
        var items = Items(7);
        int[] First(long seed) => Which(new TrainingBatches(items, Options(7) with { Seed = seed }, null).Draw(0).Z0);
        Assert.Equal(First(1), First(1));
        Assert.NotEqual(First(1), First(2));
    }

    [Fact]
    public void A_drawn_sketch_counts_and_where_there_is_none_edges_are_found()
    {
        _files.Picture("images/drawn.png", Size, Size);
        PngFile.Write(SketchLines.ToPicture(Enumerable.Range(0, Size * Size).Select(i => i % Size == 2).ToArray(), Size, Size), _files.PathOf("sketches/drawn.png"));
        _files.Picture("images/plain.png", Size, Size);
        var items = _files.Open().Items;
        var encoder = new SketchEncoder(Size, Size);
        Tensor Lines(DatasetItem item) => new TrainingBatches([item], Options(1), encoder).Draw(0).Conditions!;
        Assert.Equal(Enumerable.Range(0, Size * Size).Select(i => i % Size == 2 ? 1f : 0f), Lines(items[0]).data<float>().ToArray());
        // A picture of one colour has no edges.
        Assert.Equal(0, Lines(items[1]).sum().ToDouble());
    }

    [Fact]
    public void What_is_seen_before_training_is_what_the_first_step_learns_from()
    {
        for (int i = 0; i < 3; i++) { PngFile.Write(DrawnLevels.Grey(12 + i, 9, (x, y) => x * y % (5 + i) * 40), _files.PathOf($"images/{i}.png")); }
        var dataset = _files.Open();
        var options = Options(3) with { Modality = Modality.Sketch };
        var trainer = new Trainer(dataset, options, _files.PathOf("run"));
        var seen = trainer.FirstStep.Select(trainer.See).ToList();
        var encoder = new SketchEncoder(Size, Size);
        var (z0, conditions) = new TrainingBatches(dataset.Items, options, encoder).Draw(0);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(z0[i].flatten().data<float>().ToArray(), PictureTensor.ToTensor(seen[i].Picture!).flatten().data<float>().ToArray());
            var (name, view) = Assert.Single(seen[i].Labels);
            Assert.Equal("sketch", name);
            Assert.Equal(conditions![i].flatten().data<float>().ToArray(), encoder.Encode(Condition.FromSketch(view.Picture!)).Tensor.flatten().data<float>().ToArray());
        }
    }

    [Fact]
    public void An_unconditional_expert_has_everything_shown_that_the_dataset_has()
    {
        _files.Picture("images/a.png", Size, Size);
        _files.Picture("depth/a.png", Size, Size);
        _files.Text("captions.txt", "a.png\tone two three", "a.png\tfour");
        var trainer = new Trainer(_files.Open(), Options(4), _files.PathOf("run"));
        var labels = trainer.See(Assert.Single(trainer.FirstStep)).Labels;
        Assert.Subset(labels.Select(label => label.Name).ToHashSet(), new HashSet<string> { "sketch", "low-resolution", "depth", "text" });
        Assert.Equal("one two three (one of 2 captions)", labels.Single(label => label.Name == "text").View.Text);
        Assert.DoesNotContain(labels, label => label.Name == "segment");
    }

    [Fact]
    public void Every_picture_has_its_own_low_resolution_version()
    {
        _files.Picture("images/a.png", Size, Size);
        var items = _files.Open().With(Modality.LowResolution);
        var encoder = new LowResolutionEncoder(Size, Size);
        using var expected = encoder.Encode(Condition.FromLowResolution(items.Single().ReadPicture())).Tensor;
        Assert.Equal(expected.data<float>().ToArray(), new TrainingBatches(items, Options(1), encoder).Draw(0).Conditions!.data<float>().ToArray());
    }

    [Fact]
    public void Each_of_a_pictures_captions_is_drawn_and_short_ones_are_padded()
    {
        _files.Picture("images/a.png", Size, Size);
        _files.Text("captions.txt", "a.png\tblack", "a.png\tblack black black");
        var tokenizer = new SubwordTokenizer(SubwordTokenizer.LearnVocabulary(["black black"], 200));
        var batches = new TrainingBatches(_files.Open().Items, Options(8), new TextConditionEncoder(tokenizer, 48));
        var lengths = new HashSet<long>();
        for (int step = 0; step < 4; step++)
        {
            using var tokens = batches.Draw(step).Conditions!;
            foreach (long length in tokens.ne(0).sum(1).data<long>().ToArray()) { lengths.Add(length); }
            Assert.Equal(lengths.Max(), tokens.shape[1]);
        }
        Assert.Equal([3, 5], lengths.Order());
    }

    [Fact]
    public void Transparent_and_larger_pictures_are_laid_on_white_and_resized()
    {
        PngFile.Write(new Picture(2 * Size, 2 * Size, new byte[16 * Size * Size]), _files.PathOf("images/clear.png"));
        var (pictures, _) = new TrainingBatches(_files.Open().Items, Options(1), null).Draw(0);
        Assert.Equal([1, 3, Size, Size], pictures.shape);
        Assert.Equal(1, pictures.min().ToDouble(), 6);
    }

    public void Dispose() => _files.Dispose();
}
