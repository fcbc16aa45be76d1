using Mcdm.Imaging;

namespace Mcdm.Modalities.Pictures;

/// <summary>
/// A control picture, such as depth or a pose: what it means is known to the expert alone, whose name tells it from others. A dataset has its pictures in a
/// folder of that name.
/// </summary>
internal sealed class PictureModality() : Modality("Picture")
{
    public override ConditionKind Kind => ConditionKind.Picture;

    public override string Source => "a folder of the expert's name";

    /// <summary>A row of a table does not say which expert it means.</summary>
    public override ConditionColumns? Columns => null;

    public override bool IsIn(ILabelledPicture item, string expert) => item.ControlPicture(expert) is not null;

    public override Condition ConditionOf(ILabelledPicture item, Picture picture, string expert) =>
        Condition.Of(this, item.ControlPicture(expert)!()).For(expert);

    public override NetworkInput InputOf(EncoderData data) => NetworkInput.Map(PictureEncoder.Channels);

    public override ConditionEncoder CreateEncoder(EncoderData data, int width, int height) => new PictureEncoder(width, height);
}
