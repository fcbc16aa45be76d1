using Mcdm.Families.Shared;
using Mcdm.Layers.Frozen;
using System.Text.Json;
using Mcdm.Families.PixelDdpm;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Clip;
using Mcdm.Weights;
using Mcdm.Weights.Reading;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>The networks of a case's model, built when asked for, in float32; disposing of this gives their weights back.</summary>
internal sealed class GoldenNetworks : IDisposable
{
    private readonly string _folder;
    private readonly SingleFile? _file;
    private readonly SingleFileHints? _hints;
    private readonly GoldenCase? _golden;
    private readonly List<IDisposable> _open = [];

    private GoldenNetworks(string folder, GoldenCase? golden)
    {
        (_folder, _golden) = (folder, golden);
        if (golden?.Parameter("file") is not { } file) { return; }
        _hints = Hints(golden.Parameters);
        var weights = Opened(WeightFile.Open(Path.Combine(folder, file.GetString()!)));
        // A U-Net alone has no beginning that tells it from others.
        bool bare = golden.Kind != "controlnet" && golden.Parameter("prefix")?.GetString() is "" && weights.Names.Contains(SingleFileNames.FirstConvolution);
        _file = new SingleFile(bare ? Opened(new RenamedWeights(weights, weights.Names.Select(name => new RenamedTensor(SingleFileNames.UNet + name, name)))) : weights, _hints);
    }

    public static GoldenNetworks Of(GoldenCase golden) => new(golden.Parameter("folder") is { } part ? Path.Combine(golden.Model, part.GetString()!) : golden.Model, golden);

    public static GoldenNetworks OfFolder(string folder) => new(folder, null);

    public UNet2DConditionModel UNet() => _file is null ? new(Weights("unet"), Config("unet").As<UNet2DConditionOptions>())
        : new(Weights(_file.UNet!.Weights), _file.UNet.Options);

    public UNet2DModel UNet2D() => new(Weights("unet"), Config("unet").As<UNet2DOptions>());

    public ControlNetModel ControlNet() => _file is null ? new(Weights(""), Config("").As<ControlNetOptions>())
        : SingleControlNet();

    /// <summary>As it is imported: what its name, a YAML or a mark say counts, and a difference is added to the U-Net that the case names.</summary>
    private ControlNetModel SingleControlNet()
    {
        var control = Opened(LatentDiffusionFile.OpenControlNet(_file!.Path, _hints));
        var model = _golden!.Parameter("difference") is { } other ? Opened(LatentDiffusionFolder.Open(_golden.Folder.ModelOf(other.GetString()!))) : null;
        var network = control.Over(model!);
        return new(Weights(network.Weights), network.Options);
    }

    public AutoencoderKL Autoencoder() => _file is null ? new(Weights("vae"), Config("vae").As<AutoencoderKLOptions>())
        : new(Weights(_file.Autoencoder!.Weights), _file.Autoencoder.Options);

    public ClipTextModel Text() => _file is null ? new(Weights("text_encoder"), Config("text_encoder").As<ClipTextOptions>())
        : new(Weights(_file.Texts[0].Weights), _file.Texts[0].Options);

    public void Dispose()
    {
        foreach (var item in _open.AsEnumerable().Reverse()) { item.Dispose(); }
    }

    /// <summary>The configuration of a part.</summary>
    public JsonConfig Config(string part) => JsonConfig.Read(Path.Combine(Part(part), "config.json"));

    /// <summary>The file of a part; stays this object's.</summary>
    public IWeights Open(string part) => Opened(NetworkWeights.Open(Part(part)));

    private FrozenWeights Weights(string part) => Weights(Open(part));

    private FrozenWeights Weights(IWeights weights) => Opened(new FrozenWeights(weights, CPU, ScalarType.Float32));

    /// <summary>A part of a pipeline, or the folder itself where it is a single network's.</summary>
    private string Part(string part) => Directory.Exists(Path.Combine(_folder, part)) ? Path.Combine(_folder, part) : _folder;

    /// <summary>What a single file does not tell and the case does.</summary>
    public static SingleFileHints Hints(JsonElement parameters)
    {
        return new()
        {
            Heads = Value("heads") switch
            {
                null => null,
                { ValueKind: JsonValueKind.Array } heads => heads.EnumerateArray().Select(level => level.GetInt32()).ToArray(),
                { } heads => [heads.GetInt32()],
            },
            Groups = Value("groups")?.GetInt32(),
            AutoencoderGroups = Value("vae_groups")?.GetInt32(),
            TextHeads = Value("text_heads") switch
            {
                null => null,
                { ValueKind: JsonValueKind.Array } heads => heads.EnumerateArray().Select(encoder => encoder.GetInt32()).ToArray(),
                { } heads => [heads.GetInt32()],
            },
            Average = Value("ema")?.GetBoolean(),
        };

        JsonElement? Value(string name) => parameters.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private T Opened<T>(T item) where T : IDisposable
    {
        _open.Add(item);
        return item;
    }
}
