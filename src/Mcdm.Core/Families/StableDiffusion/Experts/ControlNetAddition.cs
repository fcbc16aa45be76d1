using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Modalities;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>The residuals of a ControlNet.</summary>
/// <param name="name">What its expert is called.</param>
/// <param name="network">The ControlNet.</param>
/// <param name="readsHoles">Whether it was trained for pictures with a hole, which is what is transparent in them.</param>
/// <param name="type">Which type of pictures, for a ControlNet of several.</param>
internal sealed class ControlNetAddition(string name, ControlNetModel network, bool readsHoles = false, int type = 0) : UNetAddition(name)
{
    private const double Half = 0.5, InHole = -1;

    /// <inheritdoc/>
    public override IEnumerable<(object Network, long Parameters)> Networks => [(network, network.Parameters)];

    /// <inheritdoc/>
    public override long ParametersPerStep => network.Parameters;

    /// <summary>It adds to the skips and to what the middle gives alone.</summary>
    public override bool ActsOnEncoder => false;

    /// <inheritdoc/>
    public override bool HasGuessMode => true;

    /// <inheritdoc/>
    public override bool IsPooled => network.Options.GlobalPoolConditions;

    /// <inheritdoc/>
    public override (Picture Picture, string? Doubt) Understood(Condition condition, LatentSpace space, Action<string>? note)
    {
        if (readsHoles && condition.Picture!.IsOpaque)
        {
            note?.Invoke($"The picture of '{Name}' has no transparent part, which would be the hole to fill: nothing of it is to be drawn anew.");
        }
        return ControlPictures.AtSize(condition, Name, keepsHoles: readsHoles, space, note);
    }

    /// <summary>The picture in 0…1, −1 in its hole, float32 [1, 3, height, width].</summary>
    public override IReadOnlyList<Tensor> Read(Picture picture)
    {
        using var scope = NewDisposeScope();
        var pixels = ((PictureTensor.ToTensor(PictureResize.Flatten(picture)) + 1) / 2).unsqueeze(0);
        var shown = picture.IsOpaque ? pixels : where(PictureTensor.Opacity(picture).lt(Half), full_like(pixels, InHole), pixels);
        return [shown.MoveToOuterDisposeScope()];
    }

    /// <inheritdoc/>
    public override UNetAdded Act(AddedPicture picture, UNetRows rows, Tensor scale) =>
        Added(network.Forward(rows.Z, rows.Time, rows.Context, [new(picture.Read[0], type)], told: rows.Told).Times(scale), rows, picture.IsGuess);

    /// <inheritdoc/>
    public override bool TakesSeveral => network.Options is ControlNetUnionOptions;

    /// <inheritdoc/>
    public override UNetAdded Together(UNetRows rows, IReadOnlyList<(AddedPicture Picture, Tensor Scale)> pictures) => Added(
        network.Forward(rows.Z, rows.Time, rows.Context,
            pictures.Select(one => new ControlPicture(one.Picture.Read[0], ((ControlNetAddition)one.Picture.By).Type, one.Scale)).ToList(), told: rows.Told),
        rows, pictures.All(one => one.Picture.IsGuess));

    private int Type => type;

    private static UNetAdded Added(ControlResiduals residuals, UNetRows rows, bool isGuess)
    {
        if (isGuess) { residuals = residuals.FallingByDepth(); }
        return new() { Skips = [new([.. residuals.Down, residuals.Mid], rows.First, rows.Count)] };
    }
}
