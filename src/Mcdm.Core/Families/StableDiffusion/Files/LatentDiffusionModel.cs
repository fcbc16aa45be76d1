using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Layers.Clip;
using Mcdm.Layers.Frozen;
using Mcdm.Modalities;
using Mcdm.Weights;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>Makes experts of a latent diffusion model: its prompts, its ε_u, each ControlNet, adapter and LoRA, all over one U-Net in memory.</summary>
internal static class LatentDiffusionModel
{
    /// <summary>Reads the weights and makes the experts.</summary>
    /// <param name="files">The model; stays the caller's.</param>
    /// <param name="additions">What adds pictures to its U-Net.</param>
    /// <param name="loras">The LoRAs of each further expert of prompts; several of one add up.</param>
    /// <param name="textName">What the expert of prompts is called.</param>
    /// <param name="withUnconditional">Whether ε_u is among the experts.</param>
    /// <param name="decoder">A decoder that shows pictures in place of the model's own, as <see cref="DecoderFile"/> reads it; null for its own.</param>
    /// <param name="device">Where its networks compute.</param>
    /// <param name="type">What they compute in.</param>
    /// <param name="decoderHints">What no tensor of the decoder's file tells; null for what is published.</param>
    /// <param name="settings">How it reads prompts; null for the usual way.</param>
    /// <param name="combiner">How predictions are combined unless a request says otherwise; null for the product.</param>
    /// <exception cref="McdmException">A tensor is missing, is left over or has another shape; an addition or a LoRA belongs to another U-Net.</exception>
    public static Model Assemble(LatentDiffusionFiles files, IReadOnlyList<AdditionFiles> additions, IReadOnlyList<IReadOnlyList<LoraStrength>> loras,
        string textName, bool withUnconditional, string? decoder, Device device, ScalarType type, SingleFileHints? decoderHints = null,
        PromptSettings? settings = null, Combiner? combiner = null)
    {
        settings ??= new PromptSettings([]);
        var lifetime = new SharedLifetime();
        LatentCodec? codec = null;
        var (experts, warnings) = (new List<Expert>(), new List<string>());
        try
        {
            (codec, var print) = Codec(files, device, type);
            if (decoder is not null)
            {
                codec = new DecodedCodec(codec, DecoderFile.Open(decoder, codec, files.Autoencoder.Options, device, type, decoderHints));
            }
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
            var host = new AdditionHost(files, lifetime, device, type);
            foreach (var addition in additions)
            {
                if (addition.Mismatch(files) is { } mismatch) { throw mismatch; }
                var (adds, weights) = addition.Open(host);
                Add(addition.Name, Modality.Picture, unet, prompts, adds, weights);
            }
            foreach (var together in loras)
            {
                var parts = together.Select(lora => ReadLora(lora.Path, lora.Weight)).ToList();
                var unetChanges = TensorChanges.Together(parts.Select(part => part.UNet));
                var textChanges = TensorChanges.Together(parts.Select(part => part.Text));
                string name = ModelName.Safe(string.Join('-', together.Select(lora => ModelName.Of(lora.Path))));
                Add(name, Modality.Text, UNet(unetWeights.With(unetChanges)), Prompts(textWeights.With(textChanges)),
                    prints: [.. parts.Select(part => part.Fingerprint)]);
                if (unetChanges.NotTaken.Concat(textChanges.NotTaken).FirstOrDefault() is { } left)
                {
                    throw new McdmException("LoraLayer", ErrorKind.NotSupported,
                        $"'{string.Join("', '", together.Select(lora => lora.Path))}' changes '{left}', which Mcdm's networks cannot change.");
                }
            }
            PromptEncoder Prompts(FrozenWeights weights) => new(reader, new ClipTextModel(weights, files.Text.Options), device, lifetime, settings.ClipSkip);

            return new Model(files.Name, experts, files.Path, codec: codec)
            {
                Sampling = files.Scheduler.Sampling.ForLatents(),
                Combiner = combiner,
                Notes = [.. files.Scheduler.Notes, .. additions.SelectMany(addition => addition.Notes)],
                Warnings = [.. files.Warnings, .. files.Scheduler.Warnings, .. additions.SelectMany(addition => addition.Warnings), .. warnings],
            };
        }
        catch
        {
            foreach (var expert in experts) { expert.Dispose(); }
            lifetime.GiveBack();
            codec?.Dispose();
            throw;
        }

        (TensorChanges UNet, TensorChanges Text, string Fingerprint) ReadLora(string path, double weight)
        {
            using var source = LoraSource.Open(path);
            var lora = lifetime.With(LoraFile.Read(source, device, type));
            warnings.AddRange(lora.Warnings);
            return (lora.ChangesOf(LoraPart.UNet, files.UNet.Weights, weight), lora.ChangesOf(LoraPart.Text, files.Text.Weights, weight),
                Invariant($"{source.Fingerprint} {weight:R}"));
        }

        StableDiffusionDenoiser UNet(FrozenWeights weights) =>
            new(new UNet2DConditionModel(weights, files.UNet.Options), FillsHoles(files.UNet.Options) ? Grey(codec!) : null);
    }

    /// <summary>Whether a U-Net reads a mask and the latents around a hole beside its own.</summary>
    private static bool FillsHoles(UNet2DConditionOptions options) => options.InChannels == 2 * options.OutChannels + 1;

    /// <summary>Latents of grey pictures.</summary>
    private static Func<long, long, Tensor> Grey(LatentCodec codec) =>
        (height, width) => codec.Encode(zeros(1, 3, height * codec.Factor, width * codec.Factor));

    private static LatentSpace Space(LatentDiffusionFiles files, LatentCodec codec, EncoderFingerprint print)
    {
        var options = files.UNet.Options;
        if ((options.InChannels != codec.Channels && !FillsHoles(options)) || options.OutChannels != codec.Channels)
        {
            throw new McdmException("UNetChannels", ErrorKind.NotSupported,
                $"The U-Net of '{files.Path}' reads {options.InChannels} channels and gives {options.OutChannels}, but its latents have {codec.Channels}: "
                + (options.InChannels == 2 * codec.Channels ? "it reads a picture to change beside them (instruct-pix2pix)" : "it reads something beside them")
                + ", which Mcdm does not run.");
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

    private static bool IsEncoders(string name) => name.StartsWith("encoder.", StringComparison.Ordinal)
        || name.StartsWith("quant_conv.", StringComparison.Ordinal);
}
