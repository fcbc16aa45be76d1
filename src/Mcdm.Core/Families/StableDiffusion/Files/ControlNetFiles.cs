using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Weights;
using static System.FormattableString;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>A ControlNet on disk.</summary>
/// <param name="Name">What its expert is called.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Over">
/// The network, for the U-Net of a model; the same for all of them unless the file holds a difference from one. Throws <c>ControlNetMismatch</c> where it is
/// another U-Net's.
/// </param>
internal sealed record ControlNetFiles(string Name, string Path, Func<LatentDiffusionFiles, NetworkFiles<ControlNetOptions>> Over) : AdditionFiles(Name, Path)
{
    /// <inheritdoc/>
    public override string Kind => "ControlNet";

    /// <summary>Whether it is called as those are that were trained for pictures with a hole; nothing in its files says so.</summary>
    private bool ReadsHoles => ModelName.Of(Path).Contains("inpaint", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override McdmException? Mismatch(LatentDiffusionFiles model)
    {
        try
        {
            return base.Mismatch(model);
        }
        // What a difference says itself is more exact.
        catch (McdmException e)
        {
            return e;
        }
    }

    private protected override string? Problem(LatentDiffusionFiles model)
    {
        var (its, own) = (Over(model).Options, model.UNet.Options);
        var (version, other) = (model.Version, StableDiffusionVersion.Of(its));
        return version != other && (version == StableDiffusionVersion.XL || other == StableDiffusionVersion.XL)
                ? $"it is one of {other.Name} and the U-Net of {version.Name}"
            : !its.BlockOutChannels.SequenceEqual(own.BlockOutChannels)
                ? $"its levels have {string.Join(", ", its.BlockOutChannels)} channels and the U-Net's {string.Join(", ", own.BlockOutChannels)}"
            : its.ContextChannels != own.ContextChannels ? $"it reads tokens of {its.ContextChannels} numbers and the U-Net of {own.ContextChannels}"
            : its.PooledChannels != own.PooledChannels ? $"it is told of sentences by {its.PooledChannels} numbers and the U-Net by {own.PooledChannels}"
            // What a U-Net reads beside the latents, a ControlNet is not shown.
            : its.InChannels != own.OutChannels ? $"it reads {its.InChannels} channels and the U-Net's latents have {own.OutChannels}"
            : !its.LayersPerBlock.For(its.Levels).SequenceEqual(own.LayersPerBlock.For(own.Levels)) ? "they have different numbers of layers"
            : its.PictureFactor != model.Autoencoder.Options.Factor
                ? $"it shrinks pictures by {its.PictureFactor} and the autoencoder by {model.Autoencoder.Options.Factor}"
            : null;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(UNetAddition Addition, string Fingerprint)> Open(AdditionHost host)
    {
        var network = Over(host.Model);
        var (model, print) = (new ControlNetModel(host.Read(network.Weights), network.Options), WeightFingerprint.Of(network.Weights));
        // Of a ControlNet of several types each is an expert over the one network.
        return network.Options is not ControlNetUnionOptions union ? [(new ControlNetAddition(Name, model, ReadsHoles), print)]
            : [.. Enumerable.Range(0, union.NumControlType).Select(type =>
                ((UNetAddition)new ControlNetAddition($"{Name}.{ControlNetUnionOptions.NameOf(type)}", model, type: type), Invariant($"{print} {type}")))];
    }
}
