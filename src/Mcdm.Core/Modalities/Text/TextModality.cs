using Mcdm.Imaging;
using Mcdm.Tables;

namespace Mcdm.Modalities.Text;

/// <summary>A sentence, read as sub-word tokens. Adherence: the share of its statements that are true of the picture.</summary>
internal sealed class TextModality() : Modality("Text")
{
    private static readonly ValueColumn<double> s_guidance = new("TextGuidance");

    public override ConditionColumns Columns { get; } = new("Text") { LiteralValue = new("LiteralText"), Others = [s_guidance] };

    protected override Condition WithOthers(Condition condition, Row row) => row.Get(s_guidance) is { } guidance ? condition.Guided(guidance) : condition;

    protected override IEnumerable<(Column Column, object? Value)> SaidOfOthers(Condition condition) => [(s_guidance, condition.Guidance)];

    public override ConditionKind Kind => ConditionKind.Text;

    public override string Source => "captions.txt";

    public override string OtherData => "captions with another vocabulary";

    public override bool IsIn(ILabelledPicture item, string expert) => item.Captions.Count > 0;

    public override Condition ConditionOf(ILabelledPicture item, Picture picture, string expert) => Condition.FromText(item.Captions[0]);

    public override EncoderData Learn(IReadOnlyList<ILabelledPicture> items, IReadOnlyList<Part> parts, int vocabularySize) =>
        new() { Vocabulary = SubwordTokenizer.LearnVocabulary(items.SelectMany(item => item.Captions), vocabularySize) };

    public override NetworkInput? InputOf(EncoderData data) => data.Vocabulary is { } vocabulary ? NetworkInput.Tokens(vocabulary.Count) : null;

    public override ConditionEncoder CreateEncoder(EncoderData data, int width, int height) =>
        new TextConditionEncoder(new SubwordTokenizer(data.Vocabulary!), data.MaxTokens, data.Phrases);

    public override Func<IObservation, Adherence> Expect(Condition condition, IJudge judge, Picture picture, string name)
    {
        var statements = judge.Phrases.Read(condition.Text!);
        var unseen = judge.Phrases.Unseen(condition.Text!);
        string? notMeasured = statements.Count + unseen.Count > 0 ? null : judge.StatedAttributes.Count == 0
            ? $"The judge '{judge.Name}' reads no sentences, so '{condition.Text}' is not measured; train one on a dataset with labels.jsonl and phrases.json."
            : $"'{condition.Text}' states nothing that the judge '{judge.Name}' has words for, so it is not measured; it reads statements about "
                + $"{string.Join(", ", judge.StatedAttributes)}.";
        return seen =>
        {
            var judged = statements.Select(statement => new JudgedStatement(statement, seen.Attributes[statement.Attribute])).ToList();
            return new Adherence
            {
                Score = judged.Average(statement => statement.Followed switch { true => 1.0, false => 0.0, null => (double?)null }),
                Statements = judged,
                Unseen = unseen,
                NotMeasured = notMeasured,
            };
        };
    }
}
