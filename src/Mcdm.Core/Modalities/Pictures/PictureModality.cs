using Mcdm.Imaging;
using Mcdm.Tables;

namespace Mcdm.Modalities.Pictures;

/// <summary>
/// A control picture, such as depth or a pose: what it means is known to the expert alone, whose name tells it from others. A dataset has its pictures in a
/// folder of that name.
/// </summary>
internal sealed class PictureModality() : Modality("Picture")
{
    private static readonly ValueColumn<double> s_scale = new("ControlScale"), s_pictureWeight = new("ControlPictureWeight");
    private static readonly TextColumn s_text = new("ControlText");

    public override ConditionKind Kind => ConditionKind.Picture;

    public override string Source => "a folder of the expert's name";

    /// <summary>Called after what it controls: <c>Picture</c> is what sampling starts from.</summary>
    public override ConditionColumns Columns { get; } = new("Control") { Others = [s_scale, s_text, s_pictureWeight] };

    protected override Condition WithOthers(Condition condition, Row row)
    {
        condition = row.Get(s_scale) is { } scale ? condition.Scaled(scale) : condition;
        condition = row.Get(s_pictureWeight) is { } weight ? condition.PictureWeighted(weight) : condition;
        return string.IsNullOrWhiteSpace(row[s_text]) ? condition : condition.Saying(row[s_text]!);
    }

    protected override IEnumerable<(Column Column, object? Value)> SaidOfOthers(Condition condition) =>
        [(s_scale, condition.Scale == 1 ? null : condition.Scale), (s_text, condition.Text), (s_pictureWeight, condition.PictureWeight)];

    public override bool IsIn(ILabelledPicture item, string expert) => item.ControlPicture(expert) is not null;

    public override Condition ConditionOf(ILabelledPicture item, Picture picture, string expert) =>
        Condition.Of(this, item.ControlPicture(expert)!()).For(expert);

    public override NetworkInput InputOf(EncoderData data) => NetworkInput.Map(PictureEncoder.Channels);

    public override ConditionEncoder CreateEncoder(EncoderData data, int width, int height) => new PictureEncoder(width, height);
}
