using Mcdm.Core.Tests.Prompts;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Registries;
using Mcdm.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Sampling;

/// <summary>How long pictures are likely to take.</summary>
public sealed class SamplingTimeTests
{
    private static GenerationRequest Asking(Model model, int steps, params Condition[] conditions) =>
        new() { Conditions = conditions, Seed = 1, Sampling = model.Sampling! with { Steps = steps } };

    private static double Multiplications(Model model, GenerationRequest request)
    {
        using var generator = new ImageGenerator(model);
        using var prepared = generator.Prepare(request);
        return prepared.Multiplications;
    }

    private static TimeSpan Likely(Model model, GenerationRequest request)
    {
        using var generator = new ImageGenerator(model);
        using var prepared = generator.Prepare(request);
        return prepared.LikelyTime;
    }

    [Fact]
    public void It_grows_with_steps_pictures_places_and_networks()
    {
        string adapters = Path.Combine(TinyPrompts.Golden("ip-adapter"), "models");
        using var model = ModelReader.Read([TinyPrompts.Golden("sd1-tiny"), TinyPrompts.Golden("sd1-tiny-canny"), Path.Combine(adapters, "ip-adapter_sd15.safetensors"),
            Path.Combine(adapters, "image_encoder")], new(), CPU, ScalarType.Float32);
        Condition text = Condition.FromText("a fox"), picture = Condition.Of(Modality.Picture, new Picture(64, 64, new byte[64 * 64 * 4]));
        var request = Asking(model, 4, text) with { Sampling = new() { Steps = 4 } };
        double one = Multiplications(model, request);
        Assert.Equal(2 * one, Multiplications(model, request with { Sampling = new() { Steps = 8 } }), one * 1e-9);
        Assert.Equal(4 * one, Multiplications(model, request with { Width = 128, Height = 128 }), one * 1e-9);
        // With ε_u there are two evaluations; an adapter's encoder reads its picture once, a ControlNet runs at each step.
        Assert.Equal(2 * one, Multiplications(model, request with { Conditions = [Condition.FromText("a fox", 3)] }), one * 1e-9);
        Assert.Equal(3 * one, Multiplications(model, request with { Conditions = [text, picture.For("ip-adapter_sd15")] }), one * 1e-9);
        Assert.InRange(Multiplications(model, request with { Conditions = [text, picture.For("sd1-tiny-canny")] }), 3.1 * one, 4 * one);
        Assert.Equal(Likely(model, request).TotalSeconds * 1000, Likely(model, request with { Count = 1000 }).TotalSeconds, 1e-3);
    }

    [Fact]
    public void What_a_batch_took_is_believed_more_than_what_the_device_multiplies()
    {
        using Model model = TinyPrompts.Import(), other = TinyPrompts.Import();
        var request = Asking(model, 4, Condition.FromText("a fox"));
        var guessed = Likely(model, request);
        Assert.InRange(guessed, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
        SamplingTime.Saw(model, Multiplications(model, request), TimeSpan.FromHours(3));
        Assert.Equal(3, Likely(model, request).TotalHours, 1e-6);
        Assert.Equal(guessed, Likely(other, request));
        using var generator = new ImageGenerator(model);
        var picture = generator.Generate(request).Single();
        Assert.InRange(Likely(model, request), TimeSpan.FromTicks(1), TimeSpan.FromHours(1));
    }
}
