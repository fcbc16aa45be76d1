using Mcdm.Core.Tests.Checkpoints;
using Mcdm.Core.Tests.Formats;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Registries;
using Mcdm.Sampling;
using Mcdm.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Prompts;

/// <summary>Image prompts and T2I-Adapters beside a whole model of Stable Diffusion XL, with adapters that are made for its U-Net.</summary>
public sealed class ImagePromptXLTests : IDisposable
{
    private const string Prompt = "ip-adapter_sdxl_vit-h", Hints = "t2i-adapter-xl";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Tiny => Checkout.Shared("checkpoints", "golden3", "sdxl-tiny", "model");

    private static string Adapter(string file) => Path.Combine(Checkout.Folder, "tests", "golden", "ip-adapter", "model", "models", file);

    private static Model Read(params string[] paths) => ModelReader.Read(paths, new ImportOptions(), CPU, ScalarType.Float32);

    private static Picture Colours(int width, int height, int seed)
    {
        var bytes = new byte[4 * width * height];
        new Random(seed).NextBytes(bytes);
        for (int i = 3; i < bytes.Length; i += 4) { bytes[i] = 255; }
        return new Picture(width, height, bytes);
    }

    /// <summary>Writes both adapters for the model's U-Net, with random weights.</summary>
    private (string Prompt, string Hints) Made()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        using var files = LatentDiffusionFolder.Open(Tiny);
        var (names, width) = (files.UNet.Weights.Names.Where(name => name.EndsWith(".attn2.to_k.weight", StringComparison.Ordinal)).ToList(), files.UNet.Options.ContextChannels);
        // As adapters number them; within a level the names' own order is right as long as no number has two digits.
        var attentions = new[] { "down_blocks", "up_blocks", "mid_block" }.SelectMany(way => names.Where(name => name.StartsWith(way, StringComparison.Ordinal)).Order(StringComparer.Ordinal)).ToList();
        Assert.Equal(names.Count, attentions.Count);
        var prompt = new List<(string, Tensor)>
        {
            ("image_proj.proj.weight", Random(4 * width, 20)), ("image_proj.proj.bias", Random(4 * width)), ("image_proj.norm.weight", ones(width)), ("image_proj.norm.bias", Random(width)),
        };
        for (int i = 0; i < attentions.Count; i++)
        {
            long channels = files.UNet.Weights.Shape(attentions[i])[0];
            prompt.Add(($"ip_adapter.{2 * i + 1}.to_k_ip.weight", Random(channels, width)));
            prompt.Add(($"ip_adapter.{2 * i + 1}.to_v_ip.weight", Random(channels, width)));
        }
        var hints = new List<(string, Tensor)>();
        int[] levels = [.. files.UNet.Options.BlockOutChannels, files.UNet.Options.BlockOutChannels[^1]];
        Add("conv_in", levels[0], 256, 3);
        for (int block = 0; block < 8; block++)
        {
            int channels = levels[block / 2], before = levels[Math.Max(0, block / 2 - 1)];
            if (block % 2 == 0 && before != channels) { Add($"body.{block}.in_conv", channels, before, 1); }
            Add($"body.{block}.block1", channels, channels, 3);
            Add($"body.{block}.block2", channels, channels, 1);
        }
        var paths = (_folder.File($"{Prompt}.safetensors"), _folder.File($"{Hints}.safetensors"));
        SafeTensorsWriter.Write(paths.Item1, prompt);
        SafeTensorsWriter.Write(paths.Item2, hints);
        return paths;

        Tensor Random(params long[] shape) => 0.3f * randn(shape, generator: generator);

        void Add(string name, long output, long input, long kernel) =>
            hints.AddRange([($"{name}.weight", Random(output, input, kernel, kernel)), ($"{name}.bias", Random(output))]);
    }

    [SharedFact]
    public void They_compose_in_one_picture_which_its_recipe_makes_again()
    {
        var (prompt, hints) = Made();
        using var model = Read(Tiny, prompt, Adapter("image_encoder"), hints);
        Assert.Equal(["unconditional", "text", Prompt, Hints], model.Experts.Select(expert => expert.Name));
        var photo = Condition.Of(Modality.Picture, Colours(50, 70, 1)).For(Prompt);
        var request = new GenerationRequest
        {
            Conditions = [Condition.FromText("a fox", 3), photo.Scaled(0.7).Weighted(1, null, Colours(64, 64, 3)), photo.Saying("a castle"),
                Condition.Of(Modality.Picture, Colours(64, 64, 2)).For(Hints)],
            Width = 64, Height = 64, Seed = 4, Sampling = new SamplerOptions { Steps = 2 }, NegativePrompt = "rain",
        };
        var picture = new ImageGenerator(model).Generate(request).Single();
        var again = new ImageGenerator(model).Generate(Recipe.FromJson(picture.Recipe!.ToJson()).ToRequest()).Single();
        Assert.Equal(picture.Picture.Rgba, again.Picture.Rgba);
        var other = new ImageGenerator(model).Generate(request with { Conditions = [.. request.Conditions.Where(condition => condition.Expert != Hints)] }).Single();
        Assert.NotEqual(picture.Picture.Rgba, other.Picture.Rgba);
    }

    [SharedFact]
    public void Rows_of_a_batch_come_out_as_alone()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var (prompt, hints) = Made();
        using var model = Read(Tiny, prompt, Adapter("image_encoder"), hints);
        var (experts, space) = model.At(64, 64);
        var (text, photo, lines) = (Condition.FromText("a fox", 3), Condition.Of(Modality.Picture, Colours(50, 70, 1)).For(Prompt), Condition.Of(Modality.Picture, Colours(64, 64, 2)).For(Hints));
        foreach (var combiner in new Combiner[] { new Product(), new Residual() })
        {
            Condition[][] each = [[text, photo, lines], [text], [text, lines], [text, photo, photo.With(Colours(60, 60, 5))]];
            var compositions = each.Select(conditions => new Composition(experts, conditions, combiner: combiner)).ToList();
            BatchRows.AssertAsAlone(compositions, space.Process, combiner);
            compositions.ForEach(one => one.Dispose());
        }
    }

    [SharedFact]
    public void What_does_not_fit_is_refused_by_name()
    {
        var (prompt, hints) = Made();
        string sd1 = TinyPrompts.Golden("sd1-tiny"), encoder = Adapter("image_encoder");
        foreach (var (paths, id, parts) in new[]
        {
            (new[] { Tiny, Adapter("ip-adapter_sd15.safetensors"), encoder }, "IPAdapterMismatch", new[] { "tokens of 16 numbers" }),
            ([Tiny, TinyPrompts.Golden("t2i-canny")], "T2IAdapterMismatch", ["Stable Diffusion 1.x", "Stable Diffusion XL"]),
            ([sd1, hints], "T2IAdapterMismatch", ["Stable Diffusion 1.x", "Stable Diffusion XL"]),
            ([sd1, prompt, encoder], "IPAdapterMismatch", ["tokens of 16 numbers"]),
        })
        {
            var error = Assert.Throws<McdmException>(() => Read(paths).Dispose());
            Assert.Equal(id, error.Id);
            foreach (string part in parts) { Assert.Contains(part, error.Message, StringComparison.Ordinal); }
        }
        // Each goes with the model that it fits, whatever the order.
        using var model = Read(Tiny, hints, prompt, encoder);
        var size = Assert.Throws<McdmException>(() => model.At(72, 64));
        Assert.Equal("SizeIndivisible", size.Id);
        Assert.Contains("16", size.Message, StringComparison.Ordinal);
    }
}
