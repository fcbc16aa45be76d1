using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Modalities.LowResolution;

/// <summary>
/// Roughly which colours are where: a picture's mean colours on a coarse grid, spread over the model's size again. Every cell
/// is spread flat rather than blended into its neighbours, so that the mean of each cell of the map stays the one stated.
/// </summary>
/// <param name="width">Columns of the model's pictures.</param>
/// <param name="height">Rows of the model's pictures.</param>
public sealed class LowResolutionEncoder(int width, int height) : ConditionEncoder(Modality.LowResolution)
{
    /// <summary>Cells along each side of the grid.</summary>
    public const int Side = 8;

    /// <summary>Channels of the encoded picture: red, green, blue.</summary>
    public const int Channels = 3;

    /// <inheritdoc/>
    protected override EncodedCondition EncodeValue(Condition condition, Action<string>? note)
    {
        var reduced = Reduce(condition.Picture!, note);
        return new EncodedCondition(Encode(reduced), condition.With(reduced));
    }

    /// <summary>
    /// The mean colours of a picture of any size, on white where it is transparent, as a picture of Side × Side pixels; one of
    /// that size already is taken as it is. Where the shape is not the model's, the middle is kept.
    /// </summary>
    public Picture Reduce(Picture picture, Action<string>? note = null)
    {
        picture = PictureResize.Flatten(picture);
        return picture is { Width: Side, Height: Side }
            ? picture
            : AreaAverage.Reduce(PictureCrop.ToAspect(picture, width, height, note), Side, Side);
    }

    /// <inheritdoc/>
    public override object? Label(ILabelledPicture item, Func<Picture> picture, string expert) => Reduce(picture());

    /// <inheritdoc/>
    public override LabelView View(object? label, ILabelledPicture item)
    {
        using var scope = NewDisposeScope();
        return new(PictureTensor.FromTensor(Encode((Picture)label!)[0]));
    }

    /// <inheritdoc/>
    public override Tensor EncodeLabel(object? label, ILabelledPicture item, Random random) => Encode((Picture)label!);

    /// <summary>A reduced picture as [1, 3, height, width] float32, −1…1.</summary>
    public Tensor Encode(Picture reduced)
    {
        using var scope = NewDisposeScope();
        var rows = tensor(Cells(height), dtype: ScalarType.Int64);
        var columns = tensor(Cells(width), dtype: ScalarType.Int64);
        return PictureTensor.ToTensor(reduced).index_select(1, rows).index_select(2, columns).unsqueeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>The cell in which the middle of each of a line's pixels lies.</summary>
    private static long[] Cells(int pixels) => Enumerable.Range(0, pixels).Select(i => (2L * i + 1) * Side / (2L * pixels)).ToArray();
}
