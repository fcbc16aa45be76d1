using Mcdm.Formats;
using Mcdm.Formats.Diffusers;
using Mcdm.Networks.Clip;
using Mcdm.Networks.Diffusers;
using Mcdm.Networks.Frozen;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>The networks of a case's model, built when asked for, in float32; disposing of this gives their weights back.</summary>
internal sealed class GoldenNetworks(string folder) : IDisposable
{
    private readonly List<IDisposable> _open = [];

    public static GoldenNetworks Of(GoldenCase golden) => OfFolder(golden.Parameter("folder") is { } part ? Path.Combine(golden.Model, part.GetString()!) : golden.Model);

    public static GoldenNetworks OfFolder(string folder) => new(folder);

    public UNet2DConditionModel UNet() => new(Weights("unet"), UNet2DConditionConfig.Read(Config("unet")));

    public UNet2DModel UNet2D() => new(Weights("unet"), UNet2DConfig.Read(Config("unet")));

    public ControlNetModel ControlNet() => new(Weights(""), ControlNetConfig.Read(Config("")));

    public AutoencoderKL Autoencoder() => new(Weights("vae"), AutoencoderKLConfig.Read(Config("vae")));

    public ClipTextModel Text() => new(Weights("text_encoder"), ClipTextConfig.Read(Config("text_encoder")));

    public void Dispose()
    {
        foreach (var item in _open.AsEnumerable().Reverse()) { item.Dispose(); }
    }

    private JsonConfig Config(string part) => JsonConfig.Read(Path.Combine(Part(part), "config.json"));

    private FrozenWeights Weights(string part) => Opened(new FrozenWeights(Opened(NetworkWeights.Open(Part(part))), CPU, ScalarType.Float32));

    /// <summary>A part of a pipeline, or the folder itself where it is a single network's.</summary>
    private string Part(string part) => Directory.Exists(Path.Combine(folder, part)) ? Path.Combine(folder, part) : folder;

    private T Opened<T>(T item) where T : IDisposable
    {
        _open.Add(item);
        return item;
    }
}
