using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Modalities.Pictures;

/// <summary>A control picture as three channels, −1…1, at the model's size; on white where it is transparent.</summary>
/// <param name="width">Columns of the model's pictures.</param>
/// <param name="height">Rows of the model's pictures.</param>
public sealed class PictureEncoder(int width, int height) : ConditionEncoder(Modality.Picture)
{
    /// <summary>Channels of the encoded picture: red, green, blue.</summary>
    public const int Channels = 3;

    /// <inheritdoc/>
    protected override EncodedCondition EncodeValue(Condition condition, Action<string>? note)
    {
        var picture = AtSize(condition.Picture!, note);
        return new EncodedCondition(ToMap(picture), condition.With(picture));
    }

    /// <inheritdoc/>
    public override object? Label(ILabelledPicture item, Func<Picture> picture, string expert) => AtSize(item.ControlPicture(expert)!(), null);

    /// <inheritdoc/>
    public override LabelView View(object? label, ILabelledPicture item) => new((Picture)label!);

    /// <inheritdoc/>
    public override Tensor EncodeLabel(object? label, ILabelledPicture item, Random random) => ToMap((Picture)label!);

    private Picture AtSize(Picture picture, Action<string>? note) =>
        PictureResize.ToSize(PictureResize.Flatten(picture), width, height, ResizeKind.Smooth, note);

    private static Tensor ToMap(Picture picture)
    {
        using var tensor = PictureTensor.ToTensor(picture);
        return tensor.unsqueeze(0);
    }
}
