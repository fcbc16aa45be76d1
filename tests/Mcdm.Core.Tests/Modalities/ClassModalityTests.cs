using Mcdm.Core.Tests.Imaging;
using Mcdm.Diffusion.Samplers;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Sampling;
using Mcdm.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Modalities;

/// <summary>A modality that the module does not know goes all the way: trained, packed, composed, written into recipes, measured.</summary>
public sealed class ClassModalityTests : IDisposable
{
    private static readonly Modality Class = ClassModality.Registered;
    private readonly TinyFaces _faces = new();

    [Fact]
    public void It_is_found_by_its_name_after_those_of_the_module()
    {
        Assert.Same(Class, Modality.Parse("class"));
        Assert.Equal(Modality.All.Count - 1, Class.Order);
        Assert.Equal("ConditionKind", Assert.Throws<McdmException>(() => Condition.Of(Class, Pictures.Filled(1, 1, PictureColor.White))).Id);
    }

    [Fact]
    public void Its_expert_is_trained_packed_and_read_back()
    {
        using var trained = _faces.Train(Class);
        ModelPack.Write(trained, _faces.Run("pack"));
        Assert.Equal(["class.safetensors", "class.vocabulary.txt", "model.json"], Directory.EnumerateFiles(_faces.Run("pack")).Select(Path.GetFileName).Order());
        using var read = ModelPack.Read(_faces.Run("pack"));
        var expert = Assert.Single(read.Experts);
        Assert.Equal(("class", Class), (expert.Name, expert.Modality));
        Assert.Equal(["[padding]", "blue", "green", "grey", "red"], ((TrainedExpert)expert).Encoder!.Data.Vocabulary!);
        using var scope = NewDisposeScope();
        Assert.Equal([4L], ((TrainedExpert)expert).Encoder!.Encode(Condition.Of(Class, "red")).Tensor.data<long>().ToArray());
        var z = randn(1, 3, TinyFaces.Size, TinyFaces.Size);
        Tensor Predict(Expert of, string label) => of.PredictNoise(z, 300, of.Encode(Condition.Of(Class, label)).Inputs);
        // What is read is packed, which rounds otherwise.
        Assert.InRange((Predict(expert, "red") - Predict(trained.Experts[0], "red")).abs().max().ToDouble(), 0, 1e-5);
        Assert.True((Predict(expert, "red") - Predict(expert, "blue")).abs().max().ToDouble() > 0, "the label matters");
        Assert.Contains("'pink'; there are: blue, green, grey, red", Assert.Throws<McdmException>(() => expert.Encode(Condition.Of(Class, "pink"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_goes_on_with_the_same_classes_alone()
    {
        var options = TinyFaces.Options(Class, steps: 6);
        new Trainer(_faces.Dataset, options, _faces.Run("whole")).Run(resume: false);
        using var stop = new CancellationTokenSource();
        new Trainer(_faces.Dataset, options, _faces.Run("parts")) { Progress = state => { if (state.Step == 3) { stop.Cancel(); } } }.Run(resume: false, stop.Token);
        var read = Trainer.OptionsOf(_faces.Run("parts"));
        Assert.Same(Class, read.Modality);
        new Trainer(_faces.Dataset, read, _faces.Run("parts")).Run(resume: true);
        Assert.All(_faces.Losses("whole").Zip(_faces.Losses("parts")), pair => Assert.Equal(pair.First, pair.Second, 5));

        string labels = _faces.Data("labels.jsonl");
        File.WriteAllText(labels, File.ReadAllText(labels).Replace("green", "pink", StringComparison.Ordinal));
        var error = Assert.Throws<McdmException>(() => new Trainer(_faces.Dataset, read, _faces.Run("parts")).Run(resume: true));
        Assert.Equal("CheckpointDataset", error.Id);
        Assert.Contains("learnt from other classes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_composes_with_a_sketch_and_its_recipe_makes_the_picture_again()
    {
        using var model = Model.Join("Six", [_faces.Train(null), _faces.Train(Modality.Sketch), _faces.Train(Class)]);
        var request = new GenerationRequest { Conditions = [Condition.Of(Class, "red", 2), TinyFaces.Conditions()[1]], Seed = 3, Sampling = new SamplerOptions { Steps = 4 } };
        using var generator = new ImageGenerator(model);
        var image = generator.Generate(request).Single();
        Assert.Equal(3, generator.Estimate(request).EvaluationsPerPicture / 4);
        var recipe = Recipe.FromJson(image.Recipe!.ToJson());
        Assert.Equal([(Modality.Sketch, null), (Class, "red")], recipe.Conditions.Select(condition => (condition.Modality, condition.Text)));
        Assert.Equal(image.Picture.Rgba, generator.Generate(recipe.ToRequest()).Single().Picture.Rgba);
        Assert.Equal(["sketch", "class"], recipe.Disagreement!.Norms.Select(norms => norms.Condition));
    }

    [Fact]
    public void A_judge_measures_it()
    {
        using var judge = _faces.TrainJudge();
        var red = new McdmImage(TinyFaces.Disc(5, new(220, 40, 30), PictureColor.White));
        ImageMeasurement Measured(string label)
        {
            var expected = new Expectation(judge, red, [Condition.Of(Class, label)]);
            return expected.Against(Assert.Single(judge.Look([expected.Picture])));
        }
        ImageMeasurement followed = Measured("red"), ignored = Measured("blue");
        Assert.Equal([new ModalityScore(Class, 1)], followed.Scores);
        Assert.Equal([new ModalityScore(Class, 0)], ignored.Scores);
        var set = SetMeasurement.Of([followed, ignored]);
        Assert.Equal([new ModalityScore(Class, 0.5)], set.Scores);
        Assert.Equal((1.0, 0.5), (followed.Results["Class"], set.Results["Class"]));
    }

    public void Dispose() => _faces.Dispose();
}
