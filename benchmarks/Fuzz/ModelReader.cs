using Mcdm.Families.Shared;
using Mcdm.Layers.Frozen;
using Mcdm.Families;
using Mcdm.Families.Adm;
using Mcdm.Families.PixelDdpm;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Clip;
using Mcdm.Weights;
using Mcdm.Weights.Reading;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Fuzz;

/// <summary>Reads a damaged file to the end, as an import does: all tensors of weights, the network of a configuration.</summary>
internal static class ModelReader
{
    /// <param name="seed">What the file was before it was damaged.</param>
    /// <param name="path">The damaged file; what belongs to it lies beside it.</param>
    /// <exception cref="McdmException">It is refused.</exception>
    public static void Read(ModelSeed seed, string path)
    {
        using var noGradient = no_grad();
        if (seed.Format == "folder")
        {
            Registries.ModelReader.Read([ModelSeeds.PipelineOf(path)!], new ImportOptions(), CPU, ScalarType.Float32).Dispose();
            return;
        }
        if (seed.Format == "embedding")
        {
            TextInversionFile.Read(path).Dispose();
            return;
        }
        if (seed.Format == "adapter")
        {
            ReadAdapter(seed, path);
            return;
        }
        if (seed.Format != "config")
        {
            ReadAll(path);
            return;
        }
        var config = JsonConfig.Read(path);
        if (Path.GetFileName(seed.Path) == AdmConfig.FileName)
        {
            if (JsonConfig.Read(seed.Path).Get<string?>("family", null) == "farl-text") { return; }
            var options = AdmConfig.Read(config);
            string weights = Path.Combine(Path.GetDirectoryName(seed.Path)!, JsonConfig.Read(seed.Path).Get("file", ""));
            Build(WeightFile.Open(weights), taken => new AdmUNet(taken, options));
            return;
        }
        Func<FrozenWeights, object>? network = JsonConfig.Read(seed.Path) switch
        {
            { ClassName: nameof(UNet2DConditionModel) } =>
                Make(config.As<UNet2DConditionOptions>(), (weights, options) => new UNet2DConditionModel(weights, options)),
            { ClassName: nameof(UNet2DModel) } => Make(config.As<UNet2DOptions>(), (weights, options) => new UNet2DModel(weights, options)),
            { ClassName: nameof(ControlNetModel) } => Make(config.As<ControlNetOptions>(), (weights, options) => new ControlNetModel(weights, options)),
            { ClassName: nameof(AutoencoderKL) } => Make(config.As<AutoencoderKLOptions>(), (weights, options) => new AutoencoderKL(weights, options)),
            { ClassName: "T2IAdapter" } => Make(config.As<T2IAdapterOptions>(), (weights, options) => new T2IAdapterModel(weights, options)),
            var kind when kind.Get<string?>("model_type", null) == "clip_vision_model" =>
                Make(config.As<ClipVisionOptions>(), (weights, options) => new ClipVisionModel(weights, options)),
            _ => Make(config.As<ClipTextOptions>(), (weights, options) => new ClipTextModel(weights, options)),
        };
        Build(NetworkWeights.Open(Path.GetDirectoryName(seed.Path)!), network);
    }

    /// <summary>An adapter, and what it makes of the weights that it is for.</summary>
    private static void ReadAdapter(ModelSeed seed, string path)
    {
        string model = BasisOf(seed.Path, seed.Path.Contains("-sd2", StringComparison.Ordinal) ? "sd2-tiny" : "sd1-tiny");
        using var source = LoraSource.Open(path);
        using var adapter = LoraFile.Read(source, CPU, ScalarType.Float32);
        foreach (var (part, folder) in new[] { (LoraPart.UNet, "unet"), (LoraPart.Text, "text_encoder") })
        {
            using var basis = NetworkWeights.Open(Path.Combine(model, folder));
            var changes = adapter.ChangesOf(part, basis, 1);
            foreach (string tensor in changes.Tensors)
            {
                using var scope = NewDisposeScope();
                _ = changes.Take(tensor).Aggregate(basis.Read(tensor, ScalarType.Float32), (weights, change) => change.Of(weights));
            }
        }
    }

    /// <summary>The tiny model that an adapter changes: beside its folder, or in the first golden set.</summary>
    private static string BasisOf(string path, string name)
    {
        for (string? folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            foreach (string beside in new[] { Path.Combine(folder, name, "model"), Path.Combine(folder, "golden", name, "model") })
            {
                if (Directory.Exists(beside)) { return beside; }
            }
        }
        throw new DirectoryNotFoundException($"There is no '{name}' near '{path}'.");
    }

    private static void ReadAll(string path)
    {
        using var weights = WeightFile.Open(path);
        McdmException? refused = null;
        foreach (string name in weights.Names)
        {
            _ = weights.Shape(name);
            try
            {
                _ = weights.DataType(name);
                weights.Read(name).Dispose();
            }
            catch (McdmException e)
            {
                // The others may be good.
                refused = e;
            }
        }
        if (refused is not null) { throw refused; }
    }

    private static Func<FrozenWeights, object> Make<T>(T options, Func<FrozenWeights, T, object> make) => weights => make(weights, options);

    private static void Build(IWeights file, Func<FrozenWeights, object> network)
    {
        using (file)
        using (var weights = new FrozenWeights(file, CPU, ScalarType.Float32)) { _ = network(weights); }
    }
}
