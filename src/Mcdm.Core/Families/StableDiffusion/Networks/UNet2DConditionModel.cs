using Mcdm.Layers.Frozen;
using Mcdm.Layers.UNet2D;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>
/// The U-Net of Stable Diffusion (Rombach et al. 2022; XL: Podell et al. 2023): it reads a context by cross-attention and takes what pictures add. Borrows its
/// weights.
/// </summary>
internal sealed class UNet2DConditionModel
{
    private readonly FrozenWeights _weights;
    private readonly UNetEncoder _encoder;
    private readonly UNetDecoder _decoder;

    /// <param name="weights">All of its weights; they stay the caller's.</param>
    /// <param name="options">Its shape.</param>
    /// <exception cref="McdmException">A tensor is missing, has another shape, or has no place.</exception>
    public UNet2DConditionModel(FrozenWeights weights, UNet2DConditionOptions options)
    {
        (_weights, Options) = (weights, options);
        _encoder = new UNetEncoder(weights, options, options.Attention, options.MiddleAttention());
        _decoder = new UNetDecoder(weights, options, options.Attention);
        weights.RequireAllTaken();
    }

    /// <summary>Its shape.</summary>
    public UNet2DConditionOptions Options { get; }

    /// <summary>What it computes in.</summary>
    public ScalarType Type => _weights.Type;

    /// <summary>Numbers that it was trained to have.</summary>
    public long Parameters => _weights.Parameters;

    /// <summary>Where it computes.</summary>
    public Device Device => _weights.Device;

    /// <summary>What it makes of a guidance before its layers do, [batch, channels]; for networks that read one.</summary>
    internal Tensor OfGuidance(Tensor guidance) => _encoder.OfGuidance(guidance);

    /// <param name="sample">Noisy latents, [batch, input channels, height, width].</param>
    /// <param name="t">Time steps 0…T−1 (its own count, from 0), float32 or int64 [batch].</param>
    /// <param name="context">The encoded prompts, [batch, tokens, context channels].</param>
    /// <param name="added">What pictures add; null for nothing.</param>
    /// <param name="told">What a network of Stable Diffusion XL is told with the time; null for others.</param>
    /// <param name="guidance">The guidance that it acts under where it reads one, [batch] or [1]; null for 1.</param>
    /// <returns>The prediction (ε or v, as trained), float32 [batch, output channels, height, width].</returns>
    public Tensor Forward(Tensor sample, Tensor t, Tensor context, UNetAdded? added = null, TextTime? told = null, Tensor? guidance = null)
    {
        using var scope = NewDisposeScope();
        var batch = new UNetBatch(sample, t, context) { Told = told, Guidance = guidance };
        added ??= new UNetAdded();
        using var encoded = Encode(batch, added);
        return Decode(encoded.With([.. Enumerable.Range(0, batch.Count)], added.Skips), batch, added).MoveToOuterDisposeScope();
    }

    /// <summary>The way down and the middle.</summary>
    /// <param name="batch">What is read.</param>
    /// <param name="added">What pictures add on the way down; what they add to skips is left to <see cref="UNetFeatures.With"/>.</param>
    /// <returns>The caller's.</returns>
    public UNetFeatures Encode(UNetBatch batch, UNetAdded added)
    {
        using var scope = NewDisposeScope();
        var signals = Signals(batch, added);
        var skips = _encoder.Down(batch.Sample, signals, add: (level, features) => AddAll(added.Levels, level, features));
        var middle = _encoder.Middle(skips[^1], signals);
        AddAll(added.Levels.Where(rows => rows.Fits(Options.Levels, middle)), Options.Levels, middle);
        return new([.. skips.Select(skip => skip.MoveToOuterDisposeScope())], middle.MoveToOuterDisposeScope());
    }

    /// <summary>The way up.</summary>
    /// <param name="features">What the way down and the middle gave for the same rows; taken and disposed.</param>
    /// <param name="batch">What is read.</param>
    /// <param name="added">What pictures add on the way up.</param>
    /// <returns>As <see cref="Forward"/>.</returns>
    public Tensor Decode(UNetFeatures features, UNetBatch batch, UNetAdded added)
    {
        using var scope = NewDisposeScope();
        using var middle = features.Middle;
        return _decoder.Forward(middle, features.Skips, Signals(batch, added)).MoveToOuterDisposeScope();
    }

    private UNetSignals Signals(UNetBatch batch, UNetAdded added) =>
        _encoder.Signals(batch.Time, batch.Context, batch.Told, guidance: batch.Guidance) with { Images = added.Images };

    private static void AddAll(IEnumerable<AddedRows> added, int place, Tensor x)
    {
        foreach (var rows in added) { rows.AddTo(place, x); }
    }
}
