using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Layers.Clip;
using Mcdm.Layers.Frozen;
using Mcdm.Modalities;
using Mcdm.Weights;
using Mcdm.Weights.Reading;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>Makes experts of a latent diffusion model: its prompts, its ε_u, each ControlNet and each LoRA, all over one U-Net in memory.</summary>
internal static class LatentDiffusionModel
{
    /// <summary>Reads the weights and makes the experts.</summary>
    /// <param name="files">The model; stays the caller's.</param>
    /// <param name="controls">ControlNets of its U-Net.</param>
    /// <param name="loras">The LoRAs of each further expert of prompts; several of one add up.</param>
    /// <param name="textName">What the expert of prompts is called.</param>
    /// <param name="withUnconditional">Whether ε_u is among the experts.</param>
    /// <param name="decoder">The decoder of a tiny autoencoder that shows pictures in place of the model's own; null for its own.</param>
    /// <param name="device">Where its networks compute.</param>
    /// <param name="type">What they compute in.</param>
    /// <param name="settings">How it reads prompts; null for the usual way.</param>
    /// <exception cref="McdmException">A tensor is missing, is left over or has another shape; a ControlNet or LoRA belongs to another U-Net.</exception>
    public static Model Assemble(LatentDiffusionFiles files, IReadOnlyList<ControlNetFiles> controls, IReadOnlyList<IReadOnlyList<LoraStrength>> loras,
        string textName, bool withUnconditional, string? decoder, Device device, ScalarType type, PromptSettings? settings = null)
    {
        settings ??= new PromptSettings([]);
        var lifetime = new SharedLifetime();
        LatentCodec? codec = null;
        var experts = new List<Expert>();
        try
        {
            (codec, var print) = Codec(files, device, type);
            if (decoder is not null) { codec = WithTinyDecoder(codec, decoder, device); }
            var space = Space(files, codec, print);
            var unetWeights = lifetime.With(new FrozenWeights(files.UNet.Weights, device, type));
            var textWeights = lifetime.With(new FrozenWeights(files.Text.Weights, device, type));
            var embeddings = settings.Embeddings.Select(path => lifetime.With(TextInversionFile.Read(path)))
                .Where(embedding => embedding.Width == files.Text.Options.HiddenSize).ToList();
            var reader = new PromptReader(files.Tokenizer, new TextInversions(embeddings, files.Tokenizer));
            var (unet, prompts) = (UNet(unetWeights), Prompts(textWeights));
            var prediction = files.AsksNetwork ? PredictionProbe.Ask(unet.Network) : files.Scheduler.Prediction;
            string unetFingerprint = WeightFingerprint.Of(files.UNet.Weights);
            // What makes another context of the same prompt counts as other weights.
            string text = string.Join(' ', [WeightFingerprint.Of(files.Text.Weights),
                .. settings.ClipSkip == 1 ? Array.Empty<string>() : [Invariant($"{settings.ClipSkip}")],
                .. embeddings.Select(embedding => $"{embedding.Name} {embedding.Fingerprint}")]);
            void Add(string name, Modality? modality, StableDiffusionDenoiser unet, PromptEncoder prompts, UNetAddition? addition = null,
                params string[] prints) => experts.Add(new StableDiffusionExpert(name, modality, space, prediction, unet, prompts, lifetime, addition)
                {
                    Sha256 = WeightFingerprint.Join([unetFingerprint, text, .. prints]),
                });
            if (withUnconditional) { Add(Expert.NameOf(null), null, unet, prompts); }
            Add(textName, Modality.Text, unet, prompts);
            foreach (var control in controls)
            {
                if (Mismatch(control, files) is { } problem)
                {
                    throw new McdmException("ControlNetMismatch", ErrorKind.InvalidArgument,
                        $"The ControlNet '{control.Path}' belongs to another U-Net than that of '{files.Path}': {problem}.");
                }
                var weights = lifetime.With(new FrozenWeights(control.Network.Weights, device, type));
                var addition = new ControlNetAddition(control.Name, new ControlNetModel(weights, control.Network.Options));
                Add(control.Name, Modality.Picture, unet, prompts, addition, WeightFingerprint.Of(control.Network.Weights));
            }
            foreach (var together in loras)
            {
                var parts = together.Select(lora => ReadLora(lora.Path, lora.Weight)).ToList();
                var (unetChanges, textChanges) = (LoraFile.Together(parts.Select(part => part.UNet)), LoraFile.Together(parts.Select(part => part.Text)));
                string name = ModelName.Safe(string.Join('-', together.Select(lora => ModelName.Of(lora.Path))));
                Add(name, Modality.Text, UNet(unetWeights.With(unetChanges)), Prompts(textWeights.With(textChanges)),
                    prints: [.. parts.Select(part => part.Fingerprint)]);
            }
            PromptEncoder Prompts(FrozenWeights weights) => new(reader, new ClipTextModel(weights, files.Text.Options), device, lifetime, settings.ClipSkip);

            return new Model(files.Name, experts, files.Path, codec: codec) { Sampling = files.Scheduler.Sampling.ForLatents(), Notes = files.Scheduler.Notes };
        }
        catch
        {
            foreach (var expert in experts) { expert.Dispose(); }
            lifetime.GiveBack();
            codec?.Dispose();
            throw;
        }

        (IReadOnlyDictionary<string, IReadOnlyList<LowRank>> UNet, IReadOnlyDictionary<string, IReadOnlyList<LowRank>> Text,
            string Fingerprint) ReadLora(string path, double weight)
        {
            using var file = WeightFile.Open(path);
            var lora = lifetime.With(LoraFile.Read(file, device, type));
            return (lora.ChangesOf(LoraPart.UNet, files.UNet.Weights, weight), lora.ChangesOf(LoraPart.Text, files.Text.Weights, weight),
                Invariant($"{WeightFingerprint.Of(file)} {weight:R}"));
        }

        StableDiffusionDenoiser UNet(FrozenWeights weights) => new(new UNet2DConditionModel(weights, files.UNet.Options));
    }

    private static LatentSpace Space(LatentDiffusionFiles files, LatentCodec codec, EncoderFingerprint print)
    {
        var options = files.UNet.Options;
        if (options.InChannels != codec.Channels || options.OutChannels != codec.Channels)
        {
            throw new McdmException("UNetChannels", ErrorKind.NotSupported,
                $"The U-Net of '{files.Path}' reads {options.InChannels} channels and gives {options.OutChannels}, but its latents have {codec.Channels}: "
                + "it is made for filling holes or for pairs of pictures, which Mcdm does not run.");
        }
        if (options.ContextChannels != files.Text.Options.HiddenSize)
        {
            throw new McdmException("UNetContext", ErrorKind.InvalidData,
                $"The U-Net of '{files.Path}' reads tokens of {options.ContextChannels} numbers, but its text encoder gives {files.Text.Options.HiddenSize}; "
                + "they belong to different models.");
        }
        var process = new VariancePreserving(files.Scheduler.Schedule);
        return new LatentSpace(codec.Channels, files.SampleSize, files.SampleSize, process, codec.Factor, codec.Identity) { Fingerprint = print };
    }

    private static (KLCodec Codec, EncoderFingerprint Fingerprint) Codec(LatentDiffusionFiles files, Device device, ScalarType type)
    {
        var weights = new FrozenWeights(files.Autoencoder.Weights, device, type);
        try
        {
            var options = files.Autoencoder.Options;
            string shift = options.ShiftFactor == 0 ? "" : Invariant($"-{options.ShiftFactor:0.#####}");
            var codec = new KLCodec(files.Name, Invariant($"kl-f{options.Factor}c{options.LatentChannels}-{options.ScalingFactor:0.#####}{shift}"),
                new AutoencoderKL(weights, options), device, weights);
            return (codec, new EncoderFingerprint(WeightFingerprint.Sample(files.Autoencoder.Weights, weights.Taken.Where(IsEncoders)).ToArray()));
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static TinyDecodedCodec WithTinyDecoder(LatentCodec codec, string path, Device device)
    {
        using var file = WeightFile.Open(path);
        var weights = new FrozenWeights(file, device, ScalarType.Float32);
        try
        {
            var tiny = new TinyAutoencoder(null, weights);
            if (tiny.LatentChannels != codec.Channels || tiny.Factor != codec.Factor)
            {
                throw new McdmException("DecoderMismatch", ErrorKind.InvalidArgument,
                    $"The decoder '{path}' takes latents of {tiny.LatentChannels} channels at 1/{tiny.Factor} of the size, but the model's have "
                        + $"{codec.Channels} at 1/{codec.Factor}; it belongs to another autoencoder.");
            }
            return new TinyDecodedCodec(codec, tiny, weights);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Why a ControlNet does not belong to a model's U-Net; null where it may.</summary>
    public static string? Mismatch(ControlNetFiles control, LatentDiffusionFiles files)
    {
        var (its, own) = (control.Network.Options, files.UNet.Options);
        return !its.BlockOutChannels.SequenceEqual(own.BlockOutChannels)
                ? $"its levels have {string.Join(", ", its.BlockOutChannels)} channels and the U-Net's {string.Join(", ", own.BlockOutChannels)}"
            : its.ContextChannels != own.ContextChannels ? $"it reads tokens of {its.ContextChannels} numbers and the U-Net of {own.ContextChannels}"
            : its.InChannels != own.InChannels ? $"it reads {its.InChannels} channels and the U-Net {own.InChannels}"
            : !its.LayersPerBlock.For(its.Levels).SequenceEqual(own.LayersPerBlock.For(own.Levels)) ? "they have different numbers of layers"
            : its.PictureFactor != files.Autoencoder.Options.Factor
                ? $"it shrinks pictures by {its.PictureFactor} and the autoencoder by {files.Autoencoder.Options.Factor}"
            : null;
    }

    private static bool IsEncoders(string name) => name.StartsWith("encoder.", StringComparison.Ordinal)
        || name.StartsWith("quant_conv.", StringComparison.Ordinal);
}
