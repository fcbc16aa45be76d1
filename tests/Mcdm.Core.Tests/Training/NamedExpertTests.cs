using Mcdm.Core.Tests.Imaging;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Files;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.Sampling;
using Mcdm.Training;
using Xunit;

namespace Mcdm.Core.Tests.Training;

/// <summary>Experts of control pictures, which learn from a dataset's folder of their name and are told apart by it.</summary>
public sealed class NamedExpertTests : IDisposable
{
    private readonly TinyFaces _faces = new();

    public NamedExpertTests()
    {
        foreach (string name in new[] { "depth", "pose" })
        {
            Directory.CreateDirectory(_faces.Data(name));
            for (int i = 0; i < 16; i++) { PngFile.Write(Control(name, i), _faces.Data($"{name}/{i:000}.png")); }
        }
    }

    /// <summary>Depth is near in the middle; a pose is a bar. Twice as large as the pictures.</summary>
    private static Picture Control(string name, int i)
    {
        byte grey = (byte)(10 * i);
        var picture = Pictures.Filled(2 * TinyFaces.Size, 2 * TinyFaces.Size, name == "depth" ? new(grey, grey, grey) : Pictures.Black);
        picture.Rgba.AsSpan(4 * TinyFaces.Size * (i + 1), 4 * TinyFaces.Size).Fill(255);
        return picture;
    }

    private static TrainingOptions Options(string name, int steps = 4) => TinyFaces.Options(Modality.Picture, steps) with { Expert = name };

    private Model Train(string name)
    {
        new Trainer(_faces.Dataset, Options(name), _faces.Run(name)).Run(resume: false);
        return ModelPack.Read(_faces.Run(name));
    }

    [Fact]
    public void An_expert_named_depth_is_trained_from_its_folder_exported_read_back_and_composed()
    {
        using var model = Model.Join("Named", [_faces.Train(null), _faces.Train(Modality.Sketch), Train("depth")]);
        ModelPack.Write(model, _faces.Run("pack"));
        Assert.True(File.Exists(Path.Combine(_faces.Run("pack"), "depth.safetensors")));
        using var read = ModelPack.Read(_faces.Run("pack"));
        Assert.Equal((Modality.Picture, 3), (read.Expert("depth").Modality, ((TrainedExpert)read.Expert("depth")).Options.ConditionChannels));

        // The only expert of its modality may go without its name.
        var control = Condition.Of(Modality.Picture, Control("depth", 5));
        var request = new GenerationRequest { Conditions = [TinyFaces.Conditions()[1], control.For("depth")], Seed = 4, Sampling = new SamplerOptions { Steps = 4 } };
        using var generator = new ImageGenerator(read);
        var image = generator.Generate(request).Single();
        Assert.Equal(image.Picture.Rgba, generator.Generate(request with { Conditions = [control, TinyFaces.Conditions()[1]] }).Single().Picture.Rgba);
        Assert.NotEqual(image.Picture.Rgba, generator.Generate(request with { Conditions = [TinyFaces.Conditions()[1]] }).Single().Picture.Rgba);

        var recipe = Recipe.FromJson(image.Recipe!.ToJson());
        Assert.Equal(["sketch", "depth"], recipe.Disagreement!.Norms.Select(norms => norms.Condition));
        Assert.Equal([null, "depth"], recipe.Conditions.Select(condition => condition.Expert));
        Assert.Equal(TinyFaces.Size, recipe.Conditions[1].ToCondition().Picture!.Width);
        Assert.Equal(image.Picture.Rgba, generator.Generate(recipe.ToRequest()).Single().Picture.Rgba);
    }

    [Fact]
    public void Two_experts_of_control_pictures_are_one_model_and_each_reads_what_names_it()
    {
        using var model = Model.Join("Two", [_faces.Train(null), Train("depth"), Train("pose")]);
        var control = Condition.Of(Modality.Picture, Control("pose", 3));
        using (var composition = new Composition(model.Experts, [control.For("pose"), control.For("depth")]))
        {
            Assert.Equal(["depth", "pose"], composition.Labels);
        }
        var ambiguous = Assert.Throws<McdmException>(() => new Composition(model.Experts, [control]));
        Assert.Equal("ExpertAmbiguous", ambiguous.Id);
        Assert.Contains("depth, pose", ambiguous.Message, StringComparison.Ordinal);
        var unknown = Assert.Throws<McdmException>(() => new Composition(model.Experts, [control.For("normals")]));
        Assert.Equal("ExpertMissing", unknown.Id);
        Assert.Contains("'normals'", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("unconditional, depth, pose", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_without_a_control_picture_are_not_learnt_from()
    {
        File.Delete(_faces.Data("depth/003.png"));
        Assert.Equal(15, _faces.Dataset.With(Modality.Picture, "depth").Count);
        Assert.Equal(16, _faces.Dataset.With(Modality.Picture, "pose").Count);
        var error = Assert.Throws<McdmException>(() => new Trainer(_faces.Dataset, Options("normals"), _faces.Run("normals")));
        Assert.Equal("DatasetLacksModality", error.Id);
        Assert.Contains("normals", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_resumed_run_of_a_named_expert_has_the_losses_of_an_uninterrupted_one()
    {
        new Trainer(_faces.Dataset, Options("depth", 6), _faces.Run("whole")).Run(resume: false);
        using var stop = new CancellationTokenSource();
        new Trainer(_faces.Dataset, Options("depth", 6), _faces.Run("parts")) { Progress = state => { if (state.Step == 3) { stop.Cancel(); } } }.Run(resume: false, stop.Token);
        var result = new Trainer(_faces.Dataset, Trainer.OptionsOf(_faces.Run("parts")), _faces.Run("parts")).Run(resume: true);
        Assert.Equal("depth", result.Expert);
        Assert.All(_faces.Losses("whole").Zip(_faces.Losses("parts")), pair => Assert.Equal(pair.First, pair.Second, 5));
    }

    public void Dispose() => _faces.Dispose();
}
