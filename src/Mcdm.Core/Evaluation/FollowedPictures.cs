using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Modalities;
using Mcdm.Sampling;

namespace Mcdm.Evaluation;

/// <summary>
/// Measures, batch by batch as pictures are made, how well each follows its conditions: lines and colours by the picture itself, what a sentence or a mask
/// says by a judge.
/// </summary>
/// <param name="open">Opens the judge of the pictures, when one is needed; null for nobody.</param>
public sealed class FollowedPictures(Func<Judge?> open)
{
    private readonly Lazy<Judge?> _judge = new(open);

    /// <summary>The pictures of a batch, their recipes with how well each condition is followed.</summary>
    /// <param name="images">The batch.</param>
    /// <param name="requests">What each was asked for by.</param>
    /// <exception cref="McdmException">The judge cannot be read, or <c>JudgeFailed</c>: its network gives no numbers.</exception>
    public IReadOnlyList<McdmImage> Measured(IReadOnlyList<McdmImage> images, IReadOnlyList<GenerationRequest> requests)
    {
        var expected = images.Zip(requests, (image, request) => new Expected(image, request.Conditions, _judge)).ToList();
        var looked = expected.Where(one => one.NeedsJudge).Select(one => one.Picture).ToList();
        var judged = new Queue<Judgement>(looked.Count == 0 ? [] : _judge.Value!.Look(looked, expected.Exists(one => one.NeedsParts)));
        return [.. expected.Select(one => one.Measured(one.NeedsJudge ? judged.Dequeue() : Judgement.None))];
    }

    private sealed class Expected
    {
        private readonly McdmImage _image;
        private readonly List<Func<IObservation, Adherence>> _adherence;

        public Expected(McdmImage image, IReadOnlyList<Condition> conditions, Lazy<Judge?> judge)
        {
            _image = image;
            Picture = PictureResize.Flatten(image.Picture);
            _adherence = [.. conditions.Select(condition => condition.IsWanted ? ByItself(condition) ?? By(judge.Value, condition) : Unknown)];
        }

        public Picture Picture { get; }

        public bool NeedsJudge { get; private set; }

        /// <summary>Whether the judge is asked for more than a sentence says.</summary>
        public bool NeedsParts { get; private set; }

        public McdmImage Measured(Judgement seen) =>
            _image with { Recipe = _image.Recipe! with { Followed = _adherence.ConvertAll(of => of(seen).InShort) } };

        private static Adherence Unknown(IObservation seen) => new();

        /// <summary>How well the picture follows, where nobody need look at it; null where somebody must.</summary>
        private Func<IObservation, Adherence>? ByItself(Condition condition) =>
            Expect(condition, NoJudge.Nobody)(Judgement.None) is { Score: not null } adherence ? _ => adherence : null;

        private Func<IObservation, Adherence> By(Judge? judge, Condition condition)
        {
            if (judge?.CanSee(Picture) != true) { return Unknown; }
            (NeedsJudge, NeedsParts) = (true, NeedsParts || condition.Modality.Kind != ConditionKind.Text);
            return Expect(condition, judge);
        }

        /// <summary>How the picture is compared with a condition.</summary>
        private Func<IObservation, Adherence> Expect(Condition condition, IJudge judge)
        {
            try
            {
                return condition.Modality.Expect(condition, judge, Picture, _image.FileName);
            }
            catch (McdmException)
            {
                return Unknown; // the mask has other parts than the judge
            }
        }
    }

    /// <summary>One who knows nothing, for what is told by the picture itself.</summary>
    private sealed class NoJudge : IJudge
    {
        public static NoJudge Nobody { get; } = new();

        public string Name => "nobody";

        public PhraseBook Phrases { get; } = new([]);

        public IReadOnlyList<string> StatedAttributes => [];

        public IReadOnlyList<Part> Parts => [];

        public int ImageSize => 0;
    }
}
