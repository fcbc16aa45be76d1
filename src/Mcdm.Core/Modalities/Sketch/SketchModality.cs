using Mcdm.Imaging;
using Mcdm.Imaging.Lines;

namespace Mcdm.Modalities.Sketch;

/// <summary>A line drawing, read as a map of lines. Adherence: the F1 of the picture's edges and its lines, a pixel apart at most.</summary>
internal sealed class SketchModality() : Modality("Sketch")
{
    /// <summary>The column of the distance of edges and lines, in pixels.</summary>
    internal const string Chamfer = "Chamfer";

    public override ConditionKind Kind => ConditionKind.Picture;

    public override string Source => "sketches";

    /// <summary>Every picture has edges.</summary>
    public override bool IsIn(ILabelledPicture item, string expert) => true;

    public override Condition ConditionOf(ILabelledPicture item, Picture picture, string expert) =>
        Condition.FromSketch(SketchLines.ToPicture(item.LinesOf(picture), picture.Width, picture.Height));

    protected internal override string? Doubt(Condition condition) => SketchLines.Read(condition.Picture!).Contains(true) ? null
        : "it is a sketch without a line: nothing stands out from its paper";

    public override NetworkInput InputOf(EncoderData data) => NetworkInput.Map(1);

    public override ConditionEncoder CreateEncoder(EncoderData data, int width, int height) => new SketchEncoder(width, height);

    public override IReadOnlyList<string> ResultColumns => [Name, Chamfer];

    public override Func<IObservation, Adherence> Expect(Condition condition, IJudge judge, Picture picture, string name)
    {
        bool[] lines = SketchLines.Read(condition.Picture!, picture.Width, picture.Height);
        return _ =>
        {
            bool[] edges = CannyEdges.Find(picture);
            return new Adherence
            {
                Score = EdgeAgreement.F1(edges, lines, picture.Width),
                Others = new Dictionary<string, double> { [Chamfer] = ChamferDistance.Between(edges, lines, picture.Width) },
            };
        };
    }
}
