using Mcdm.Imaging;
using Mcdm.Tables;

namespace Mcdm.Modalities.Segment;

/// <summary>A mask in the colours of parts, some of which may be unknown. Adherence: the mean intersection over union of the parts it states.</summary>
internal sealed class SegmentModality() : Modality("Segment")
{
    private static readonly ListColumn s_part = new("Part");

    public override ConditionKind Kind => ConditionKind.Picture;

    public override string Source => "masks";

    public override string OtherData => "masks with other parts";

    public override bool IsIn(ILabelledPicture item, string expert) => item.ReadMask is not null;

    public override Condition ConditionOf(ILabelledPicture item, Picture picture, string expert) =>
        Condition.FromSegment(item.ReadMask!(), source: item.MaskPath);

    public override ConditionColumns Columns { get; } = new("Segment") { Others = [s_part] };

    protected override Condition WithOthers(Condition condition, Row row) => row[s_part] is { Count: > 0 } parts ? condition.Stating(parts) : condition;

    protected internal override string? Doubt(Condition condition) => condition.Picture is { IsLossy: true }
        ? "it keeps colours only roughly, as JPEG does: pixels near a part's colour are taken for that part, the others are unknown; PNG keeps masks exactly"
            : null;

    public override EncoderData Learn(IReadOnlyList<ILabelledPicture> items, IReadOnlyList<Part> parts, int vocabularySize) => new() { Parts = parts };

    public override NetworkInput? InputOf(EncoderData data) => data.Parts is { } parts ? NetworkInput.Map(parts.Count + 1) : null;

    public override ConditionEncoder CreateEncoder(EncoderData data, int width, int height) => new SegmentEncoder(data.Parts!, width, height);

    public override Func<IObservation, Adherence> Expect(Condition condition, IJudge judge, Picture picture, string name)
    {
        if (judge.Parts.Count == 0)
        {
            return _ => new Adherence
            {
                NotMeasured = $"The judge '{judge.Name}' knows no parts, so {condition} is not measured; train one on a dataset with masks.",
            };
        }
        byte[] wanted = Mask(condition, judge, name);
        return seen =>
        {
            var overlap = new IntersectionOverUnion(judge.Parts.Count);
            overlap.Add(seen.Parts, wanted);
            return new Adherence
            {
                Score = overlap.Mean(),
                Parts = judge.Parts.Select((part, i) => overlap.Of(i) is { } value ? new PartOverlap(part.Name, value) : null).OfType<PartOverlap>().ToList(),
            };
        };
    }

    private static byte[] Mask(Condition condition, IJudge judge, string name)
    {
        try
        {
            return new SegmentEncoder(judge.Parts, judge.ImageSize, judge.ImageSize).Classes(condition);
        }
        catch (McdmException e) when (e.Id is "MaskColorUnknown" or "PartUnknown")
        {
            throw new McdmException("JudgeParts", ErrorKind.InvalidArgument,
                $"The judge '{judge.Name}' knows other parts than the mask of '{name}': {e.Message}", e);
        }
    }
}
