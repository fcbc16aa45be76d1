using Mcdm.Core.Tests.Golden;
using Mcdm.Families.Adm;
using Mcdm.Registries;
using Mcdm.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Formats;

/// <summary>The experts that Import-McdmModel makes of Unite and Conquer's networks add up to what the published program composes.</summary>
public sealed class UniteImportTests
{
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("published-face-hair")]
    [InlineData("published-face-hair-sketch")]
    public void Experts_add_up_to_the_first_composed_noise(string id)
    {
        var golden = GoldenFolder.All.First(folder => folder.Name == "uniteconquer-composed").CasesById.GetValueOrDefault(id);
        Assert.NotNull(golden);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        string[] folders = ["uniteconquer-face", "uniteconquer-sketch"];
        using var model = ModelReader.Read(folders.Select(name => golden.Folder.Find(Path.Combine("..", name, "model"))).ToList(), new(), CPU, ScalarType.Float32);
        var (z, level) = (golden.Input("x_T"), model.Space.Process.Level(model.Space.Process.Steps));
        var unconditional = model.Unconditional.Predict(z, level, null);
        var composed = unconditional;
        foreach (var weight in golden.Parameters.GetProperty("weights").EnumerateObject())
        {
            composed = composed + weight.Value.GetDouble() * (model.Expert(weight.Name).Predict(z, level, Read(weight.Name)) - unconditional);
        }
        golden.AssertLargestClose("eps_1", composed, Tolerance);

        AdmInputs Read(string expert) => expert switch
        {
            "face" => new() { Face = golden.Input(expert) },
            "hair" => new() { Hair = golden.Input(expert) },
            "sketch" => new() { Sketch = golden.Input(expert) },
            _ => new() { Sentence = golden.Input(expert) },
        };
    }

    [Fact]
    public void Networks_of_others_that_name_no_sampler_take_the_steps_that_suit_most()
    {
        using var model = ModelReader.Read([GoldenFolder.All.First(folder => folder.Name == "uniteconquer-face").Find("model")], new(), CPU, ScalarType.Float32);
        var usual = UsualSampling.For(model);
        Assert.Equal((25, null), (usual.Steps, usual.Spacing));
    }
}
