using Mcdm.Imaging;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Modalities;

/// <summary>One label out of a list: the colour of a tiny face. Nothing but this class knows of it. Adherence: whether the judge sees that colour.</summary>
internal sealed class ClassModality() : Modality("Class")
{
    private const string Attribute = "colour", Padding = "[padding]";

    /// <summary>The one of all tests: a second one would take its place in the registry.</summary>
    public static Modality Registered { get; } = Register(new ClassModality());

    public override ConditionKind Kind => ConditionKind.Text;

    public override string Source => "labels.jsonl";

    public override string OtherData => "other classes";

    public override bool IsIn(ILabelledPicture item, string expert) => item.Labels.GetValueOrDefault(Attribute) is not null;

    public override Condition ConditionOf(ILabelledPicture item, Picture picture, string expert) => Condition.Of(this, item.Labels[Attribute]!);

    public override EncoderData Learn(IReadOnlyList<ILabelledPicture> items, IReadOnlyList<Part> parts, int vocabularySize) =>
        new() { Vocabulary = [Padding, .. items.Select(item => item.Labels[Attribute]!).Distinct().Order(StringComparer.Ordinal)] };

    public override NetworkInput? InputOf(EncoderData data) => data.Vocabulary is { } labels ? NetworkInput.Tokens(labels.Count) : null;

    public override ConditionEncoder CreateEncoder(EncoderData data, int width, int height) => new Encoder(this, data);

    public override Func<IObservation, Adherence> Expect(Condition condition, IJudge judge, Picture picture, string name) =>
        seen => new Adherence { Score = seen.Attributes[Attribute] is { } value ? value == condition.Text ? 1 : 0 : null };

    private sealed class Encoder(ClassModality modality, EncoderData data) : ConditionEncoder(modality)
    {
        public override EncoderData Data => data;

        protected override EncodedCondition EncodeValue(Condition condition, Action<string>? note) => new(Token(condition.Text!), condition);

        public override Tensor EncodeLabel(object? label, ILabelledPicture item, Random random) => Token(item.Labels[Attribute]!);

        private Tensor Token(string label)
        {
            int number = data.Vocabulary!.ToList().IndexOf(label);
            return number > 0 ? tensor(new[] { (long)number }).unsqueeze(0)
                : throw new McdmException("ClassUnknown", ErrorKind.InvalidArgument, $"There is no class '{label}'; there are: {string.Join(", ", data.Vocabulary!.Skip(1))}.");
        }
    }
}
