using System.Text.Json;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Layers.Clip;
using Mcdm.Layers.Frozen;
using Mcdm.Layers.UNet2D;
using Mcdm.Weights.Reading;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>
/// Pictures that are conditions and no ControlNets': CLIP's pictures and encoders, IP-Adapters' tokens, T2I-Adapters' features, and the U-Net with them, as
/// diffusers and transformers have them.
/// </summary>
internal sealed class ImageKinds : IGoldenKind
{
    private const double PixelTolerance = 1e-5, NetworkTolerance = 5e-5, UNetTolerance = 1e-4;

    public IReadOnlyList<string> Kinds => ["clip-pixels", "clip-vision", "ip-tokens", "t2i-features", "unet-image"];

    public void Check(GoldenCase golden)
    {
        switch (golden.Kind)
        {
            case "clip-pixels": Pixels(golden); break;
            case "clip-vision": Vision(golden); break;
            case "ip-tokens": Tokens(golden); break;
            case "t2i-features": Features(golden); break;
            default: UNet(golden); break;
        }
    }

    /// <summary>A picture of bytes, [height, width, 3].</summary>
    public static Picture Photo(Tensor bytes)
    {
        using var scope = NewDisposeScope();
        var rgba = cat([bytes, full([bytes.shape[0], bytes.shape[1], 1], byte.MaxValue, dtype: ScalarType.Byte)], 2).contiguous();
        return new Picture((int)bytes.shape[1], (int)bytes.shape[0], [.. rgba.flatten().data<byte>()]);
    }

    private static void Pixels(GoldenCase golden)
    {
        var square = CubicResize.MiddleSquare(Photo(golden.Input("picture")), golden.Parameters.GetProperty("size").GetInt32());
        golden.AssertEqual("cropped", tensor(square.Rgba, [square.Height, square.Width, 4]).narrow(2, 0, 3));
        if (golden.HasOutput("pixel_values")) { golden.AssertClose("pixel_values", ClipPixels.Of(square), PixelTolerance); }
    }

    private static void Vision(GoldenCase golden)
    {
        using var files = ImageEncoderFiles.Open(Path.Combine(golden.Model, golden.Parameters.GetProperty("encoder").GetString()!), null);
        Assert.Empty(files.Warnings);
        using var weights = new FrozenWeights(files.Weights, CPU, ScalarType.Float32);
        var encoder = new ClipVisionModel(weights, files.Options);
        golden.AssertClose("image_embeds", encoder.Embed(golden.Input("pixel_values")), NetworkTolerance);
        golden.AssertClose("penultimate", encoder.Penultimate(golden.Input("pixel_values")), NetworkTolerance);
    }

    private static void Tokens(GoldenCase golden)
    {
        using var file = WeightFile.OpenNetwork(Path.Combine(golden.Folder.Model, golden.Parameters.GetProperty("file").GetString()!));
        using var weights = new FrozenWeights(file, CPU, ScalarType.Float32);
        // Of an XL the width of tokens is all that is asked for here.
        long width = JsonConfig.Read(Path.Combine(golden.Model, "unet", "config.json")).Get("cross_attention_dim", 0);
        golden.AssertClose("tokens", ImageProjection.Of(weights.At(ImageAdapterModel.Projection), width).Forward(golden.Input("embeds")), NetworkTolerance);
    }

    private static void Features(GoldenCase golden)
    {
        using var files = golden.Parameter("file") is { } file ? T2IAdapterFiles.OpenFile(Path.Combine(golden.Folder.Model, file.GetString()!))
            : T2IAdapterFiles.OpenFolder(golden.Folder.Model, null);
        Assert.Empty(files.Warnings);
        if (golden.Parameter("config") is { } folder)
        {
            // What the tensors tell is what the folder of the same adapter says, but for what the case replaces.
            var told = JsonConfig.Read(Path.Combine(golden.Folder.ModelOf(folder.GetString()!), "config.json")).As<T2IAdapterOptions>();
            if (golden.Parameter("replace") is { } replaced) { told = told with { InChannels = replaced.GetProperty("in_channels").GetInt32() }; }
            Assert.Equivalent(told, files.Options, strict: true);
        }
        using var weights = new FrozenWeights(files.Weights, CPU, ScalarType.Float32);
        var features = new T2IAdapterModel(weights, files.Options).Forward(golden.Input("picture"));
        for (int i = 0; i < features.Count; i++) { golden.AssertClose($"feature{i}", features[i], NetworkTolerance); }
        Assert.Equal(golden.Outputs.Count(), features.Count);
    }

    private static void UNet(GoldenCase golden)
    {
        using var unet = new UNetAlone(golden);
        var sample = golden.Input("sample");
        long rows = sample.shape[0];
        var added = new UNetAdded
        {
            Images = [.. Entries(golden, "ip").SelectMany((entry, i) => Images(golden, entry, i, unet.Host, rows))],
            Levels = [.. Entries(golden, "t2i").Select((entry, i) => Levels(golden, entry, i, rows))],
            Skips = [.. golden.Parameter("controlnets") is null ? [] : DiffusersKinds.Added(golden, "control").Skips],
        };
        var told = golden.HasInput("pooled") ? SdxlKinds.Told(golden) : null;
        golden.AssertClose("output", unet.Network.Forward(sample, DiffusersKinds.Time(golden), golden.Input("context"), added, told), UNetTolerance);
    }

    private static IEnumerable<JsonElement> Entries(GoldenCase golden, string name) => golden.Parameter(name)?.EnumerateArray() ?? [];

    private static AddedRows Levels(GoldenCase golden, JsonElement entry, int place, long rows)
    {
        using var files = T2IAdapterFiles.OpenFolder(golden.Folder.ModelOf(entry.GetProperty("golden").GetString()!), null);
        using var weights = new FrozenWeights(files.Weights, CPU, ScalarType.Float32);
        var features = new T2IAdapterModel(weights, files.Options).Forward(golden.Input($"hint{place}"));
        return new AddedRows(features.Select(feature => feature * entry.GetProperty("scale").GetDouble()).ToList(), 0, rows);
    }

    private static IEnumerable<ImageContext> Images(GoldenCase golden, JsonElement entry, int place, AdditionHost host, long rows)
    {
        string folder = entry.TryGetProperty("golden", out var other) ? golden.Folder.ModelOf(other.GetString()!) : golden.Folder.Model;
        using var files = ImageAdapterFiles.Open(Path.Combine(folder, entry.GetProperty("file").GetString()!));
        var network = files.Network(host);
        var embeds = golden.Input($"embeds{place}");
        var scale = entry.GetProperty("scale");
        var tokens = Enumerable.Range(0, (int)embeds.shape[1]).Select(picture => network.Tokens.Forward(embeds.select(1, picture))).ToArray();
        if (golden.HasInput($"mask{place}"))
        {
            var masks = golden.Input($"mask{place}");
            return tokens.Select((one, picture) => new ImageContext(network.Layers, one, Of(scale.ValueKind == JsonValueKind.Array ? scale[picture] : scale),
                masks.narrow(1, picture, 1), 0, rows));
        }
        var all = cat(tokens, 1);
        return scale.ValueKind != JsonValueKind.Object ? [new ImageContext(network.Layers, all, Of(scale), null, 0, rows)]
            : network.Layers.Select(layer => (layer, Scale: ScaleOf(layer.Key, scale))).Where(pair => pair.Scale != 0).GroupBy(pair => pair.Scale)
                .Select(group => new ImageContext(group.ToDictionary(pair => pair.layer.Key, pair => pair.layer.Value), all, tensor(new[] { (float)group.Key }), null, 0, rows));

        static Tensor Of(JsonElement number) => tensor(new[] { number.GetSingle() });
    }

    /// <summary>The strength in an attention by diffusers' dictionary of parts and blocks; what is not named has none.</summary>
    private static double ScaleOf(string attention, JsonElement scales)
    {
        string[] parts = attention.Split('.');
        string way = parts[0].Split('_')[0];
        if (!scales.TryGetProperty(way, out var scale)) { return 0; }
        if (scale.ValueKind == JsonValueKind.Number) { return scale.GetDouble(); }
        return scale.TryGetProperty($"block_{parts[1]}", out var block) ? block[int.Parse(parts[3], System.Globalization.CultureInfo.InvariantCulture)].GetDouble() : 0;
    }
}
