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
    /// <param name="storage">How its weights lie in memory.</param>
    /// <param name="combiner">How predictions are combined unless a request says otherwise; null for the product.</param>
    /// <param name="offload">Whether its encoders of text and pictures leave memory between runs.</param>
    /// <param name="isOwn">Whether a space is no other model's, so that ε_u is among the experts and the expert of prompts is called as usual.</param>
    /// <exception cref="McdmException">A tensor is missing, is left over or has another shape; an addition or a LoRA belongs to another U-Net.</exception>
    public static Model Assemble(LatentDiffusionFiles files, IReadOnlyList<AdditionFiles> additions, IReadOnlyList<IReadOnlyList<LoraStrength>> loras,
        string textName, bool withUnconditional, string? decoder, Device device, ScalarType type, SingleFileHints? decoderHints = null,
        PromptSettings? settings = null, WeightStorage storage = WeightStorage.Computed, Combiner? combiner = null, bool offload = false,
        Func<LatentSpace, bool>? isOwn = null)
    {
        settings ??= new PromptSettings([]);
        var lifetime = new SharedLifetime();
        LatentCodec? codec = null;
        FurtherChannels? further = null;
        var (experts, warnings) = (new List<Expert>(), new List<string>());
        try
        {
            (codec, var print) = Codec(files, device, type, storage);
            if (decoder is not null)
            {
                codec = new DecodedCodec(codec, DecoderFile.Open(decoder, codec, files.Autoencoder.Options, device, type, decoderHints));
            }
            further = FurtherChannels.Of(files.Path, files.UNet.Options, codec, files.Autoencoder.Options);
            var space = Space(files, codec, print);
            var unetWeights = lifetime.With(new FrozenWeights(files.UNet.Weights, device, type, storage));
            var host = new AdditionHost(files, lifetime, device, type, storage) { Offload = offload };
            var textWeights = files.Texts.Select(text => host.Read(text.Weights, text.Again)).ToList();
            var embeddings = settings.Embeddings.Where(files.Reads).Select(embedding => lifetime.With(embedding.Shared())).ToList();
            var readers = files.Texts.Select(text => new PromptReader(text.Tokenizer, new TextInversions(embeddings, text.Tokenizer))).ToList();
            var (unet, prompts) = (UNet(unetWeights), Prompts(textWeights.ConvertAll(_ => new TensorChanges())));
            var prediction = files.AsksNetwork ? PredictionProbe.Ask(unet.Network) : files.Scheduler.Prediction;
            string unetFingerprint = storage.Mark(WeightFingerprint.Of(files.UNet.Weights));
            // What makes another context of the same prompt counts as other weights.
            string text = string.Join(' ', [.. files.Texts.Select(text => WeightFingerprint.Of(text.Weights)),
                .. settings.ClipSkip is { } skip && skip != files.Version.TextLayer ? new[] { Invariant($"{skip}") } : [],
                .. embeddings.Select(embedding => $"{embedding.Name} {embedding.Fingerprint}")]);
            void Add(string name, Modality? modality, StableDiffusionDenoiser unet, PromptEncoder prompts, UNetAddition? addition = null,
                params string[] prints) => experts.Add(new StableDiffusionExpert(name, modality, space, prediction, unet, prompts, lifetime, addition)
                {
                    Sha256 = WeightFingerprint.Join([unetFingerprint, text, .. prints]),
                });
            bool leads = withUnconditional || isOwn?.Invoke(space) == true;
            if (leads) { Add(Expert.NameOf(null), null, unet, prompts); }
            Add(leads ? Modality.Text.ExpertName : textName, Modality.Text, unet, prompts);
            if (further is EditedPicture) { Add(Expert.NameOf(Modality.Picture), Modality.Picture, unet, prompts); }
            foreach (var addition in additions)
            {
                if (addition.Mismatch(files) is { } mismatch) { throw mismatch; }
                foreach (var (adds, weights) in addition.Open(host)) { Add(adds.Name, Modality.Picture, unet, prompts, adds, weights); }
            }
            foreach (var together in loras)
            {
                var parts = together.Select(lora => ReadLora(lora.Path, lora.Weight)).ToList();
                var unetChanges = TensorChanges.Together(parts.Select(part => part.UNet));
                var textChanges = textWeights.Select((_, place) => TensorChanges.Together(parts.Select(part => part.Texts[place]))).ToList();
                string name = ModelName.Safe(string.Join('-', together.Select(lora => ModelName.Of(lora.Path))));
                Add(name, Modality.Text, UNet(unetWeights.With(unetChanges)), Prompts(textChanges), prints: [.. parts.Select(part => part.Fingerprint)]);
                if (unetChanges.NotTaken.Concat(textChanges.SelectMany(changes => changes.NotTaken)).FirstOrDefault() is { } left)
                {
                    throw new McdmException("LoraLayer", ErrorKind.NotSupported,
                        $"'{string.Join("', '", together.Select(lora => lora.Path))}' changes '{left}', which Mcdm's networks cannot change.");
                }
            }
            PromptEncoder Prompts(IReadOnlyList<TensorChanges> changes) => new(files.Texts.Select((text, i) => new TextEncoder(readers[i],
                new(textWeights[i], weights => new ClipTextModel(weights.With(changes[i]), text.Options, pools: i > 0)), device, Layer(files, settings),
                files.Version.NormalizesText, i)).ToList(), lifetime, files.NoneIsZero);

            return new Model(files.Name, experts, files.Path, codec: codec)
            {
                Sampling = files.Scheduler.Sampling.ForLatents(),
                Combiner = combiner,
                Notes = [.. files.Scheduler.Notes, .. additions.SelectMany(addition => addition.Notes)],
                Warnings =
                [
                    .. files.Warnings, .. Doubts(files), .. files.Scheduler.Warnings, .. additions.SelectMany(addition => addition.Warnings), .. warnings,
                ],
            };
        }
        catch
        {
            foreach (var expert in experts) { expert.Dispose(); }
            lifetime.GiveBack();
            codec?.Dispose();
            throw;
        }

        (TensorChanges UNet, IReadOnlyList<TensorChanges> Texts, string Fingerprint) ReadLora(string path, double weight)
        {
            using var source = LoraSource.Open(path);
            var lora = lifetime.With(LoraFile.Read(source, device, type));
            warnings.AddRange(lora.Warnings);
            RequireVersion(lora, files);
            return (lora.ChangesOf(LoraPart.UNet, files.UNet.Weights, weight),
                files.Texts.Zip([LoraPart.Text, LoraPart.SecondText], (text, part) => lora.ChangesOf(part, text.Weights, weight)).ToList(),
                Invariant($"{source.Fingerprint} {weight:R}"));
        }

        StableDiffusionDenoiser UNet(FrozenWeights weights) =>
            new(new UNet2DConditionModel(weights, files.UNet.Options), further);
    }

    /// <summary>The layer of the text encoders that is taken.</summary>
    /// <exception cref="McdmException"><c>ClipSkipOutOfRange</c>: there is no such layer.</exception>
    private static int Layer(LatentDiffusionFiles files, PromptSettings settings)
    {
        int layers = files.Texts.Min(text => text.Options.NumHiddenLayers), layer = settings.ClipSkip ?? files.Version.TextLayer;
        return layer >= 1 && layer <= layers + 1 ? layer : throw new McdmException("ClipSkipOutOfRange", ErrorKind.InvalidArgument,
            $"The text encoder has {layers} layers: -ClipSkip goes from 1, its last layer, to {layers + 1}, none of them, and is not {layer}.");
    }

    /// <summary>Refuses a LoRA of another version.</summary>
    private static void RequireVersion(LoraFile lora, LatentDiffusionFiles files)
    {
        if (lora.Version is { } version && version != files.Version && (version.ContextWidth != files.UNet.Options.ContextChannels
            || lora.Changes(LoraPart.SecondText)))
        {
            throw new McdmException("LoraLayer", ErrorKind.InvalidData,
                $"'{lora.Path}' is a LoRA for {version.Name}, and '{files.Path}' is {files.Version.Name}; it was trained for another model.");
        }
    }

    private static LatentSpace Space(LatentDiffusionFiles files, LatentCodec codec, EncoderFingerprint print)
    {
        var options = files.UNet.Options;
        if (options.ContextChannels != files.Texts.Sum(text => text.Options.HiddenSize))
        {
            throw new McdmException("UNetContext", ErrorKind.InvalidData,
                $"The U-Net of '{files.Path}' is one of {files.Version.Name} and reads tokens of {options.ContextChannels} numbers, but its "
                + $"{(files.Texts.Count == 1 ? "text encoder gives" : "text encoders give")} "
                + $"{string.Join(" and ", files.Texts.Select(text => text.Options.HiddenSize))}; they belong to different models.");
        }
        if (files.Texts.Count != (options.TextTime is null ? 1 : 2))
        {
            throw new McdmException("UNetContext", ErrorKind.InvalidData,
                $"The U-Net of '{files.Path}' is one of {files.Version.Name}, and the model has {files.Texts.Count} text encoders; they belong "
                    + "to different models.");
        }
        if (options.TextTime is not null && files.Texts[^1].Pooled is var pooled && pooled != options.PooledChannels)
        {
            throw new McdmException("UNetContext", ErrorKind.InvalidData,
                $"The U-Net of '{files.Path}' is told of a sentence by {options.PooledChannels} numbers, but its second text encoder gives "
                + $"{(pooled is null ? "none" : $"{pooled}")}; they belong to different models.");
        }
        var process = new VariancePreserving(files.Scheduler.Schedule);
        return new LatentSpace(codec.Channels, files.SampleSize, files.SampleSize, process, codec.Factor, codec.Identity) { Fingerprint = print };
    }

    /// <summary>An autoencoder of another version's latents is a part of another model, unless the U-Net was trained anew in its latents.</summary>
    private static IEnumerable<string> Doubts(LatentDiffusionFiles files)
    {
        var (version, scale) = (files.Version, files.Autoencoder.Options.ScalingFactor);
        if (scale != version.ScalingFactor && StableDiffusionVersion.All.FirstOrDefault(other => other.ScalingFactor == scale) is { } other)
        {
            yield return Invariant($"The autoencoder of '{files.Path}' scales latents by {scale}, as that of {other.Name} does, and the U-Net is one of ")
                + $"{version.Name}: unless they were trained together, its pictures will be wrong.";
        }
    }

    private static (KLCodec Codec, EncoderFingerprint Fingerprint) Codec(LatentDiffusionFiles files, Device device, ScalarType type, WeightStorage storage)
    {
        var weights = new FrozenWeights(files.Autoencoder.Weights, device, type, storage);
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
