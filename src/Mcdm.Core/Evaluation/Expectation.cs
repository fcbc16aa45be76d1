using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using Mcdm.Modalities;
using Mcdm.Modalities.Sketch;
using Mcdm.Sampling;

namespace Mcdm.Evaluation;

/// <summary>What a picture should show, by its conditions, in the terms of a judge.</summary>
public sealed class Expectation
{
    private readonly McdmImage _image;
    private readonly string _composition;
    private readonly List<(Modality Modality, Func<IObservation, Adherence> Of)> _adherence;

    /// <param name="judge">Who will look at the picture.</param>
    /// <param name="image">The picture.</param>
    /// <param name="conditions">
    /// What it should follow; none where it is a member of a set and no more. Those that it is to be kept away from, or that weigh nothing, are not measured.
    /// </param>
    /// <exception cref="McdmException">The judge is of another domain: <c>JudgeSize</c>, <c>JudgeParts</c> (the mask has other parts).</exception>
    public Expectation(Judge judge, McdmImage image, IReadOnlyList<Condition> conditions)
    {
        _image = image;
        var wanted = conditions.Where(condition => condition.IsWanted).ToList();
        if (wanted.Count > 0) { judge.RequireSize(image.Picture, $"'{image.FileName}'"); }
        Picture = PictureResize.Flatten(image.Picture);
        _composition = string.Join(' ', conditions.Select(condition => condition.ContentHash).Order(StringComparer.Ordinal));
        _adherence = wanted.ConvertAll(condition => (condition.Modality, condition.Modality.Expect(condition, judge, Picture, image.FileName)));
    }

    /// <summary>The picture at its own size, without transparency.</summary>
    public Picture Picture { get; }

    /// <summary>
    /// Compares with what the judge sees in <see cref="Picture"/>. Attributes and parts are those at the judge's size; edges, colours and
    /// grain are the picture's at its own size, and the lines of sketches are read at that size.
    /// </summary>
    /// <param name="seen">What the judge sees; <see cref="Judgement.None"/> where it has not looked, as long as there are no conditions.</param>
    /// <param name="reference">What the picture's set is compared with; null for nothing.</param>
    public ImageMeasurement Against(Judgement seen, ReferenceSet? reference = null)
    {
        var followed = _adherence.ConvertAll(expected => (expected.Modality, Adherence: expected.Of(seen)));
        var results = Results(followed);
        return new ImageMeasurement
        {
            Name = _image.Name ?? _image.Model ?? _image.FileName,
            Path = _image.Path,
            Seed = _image.Seed,
            Scores = followed.GroupBy(entry => entry.Modality).OrderBy(group => group.Key.Order)
                .Select(group => group.Average(entry => entry.Adherence.Score) is { } mean ? new ModalityScore(group.Key, mean) : null)
                .OfType<ModalityScore>().ToList(),
            Results = results,
            Chamfer = results.TryGetValue(SketchModality.Chamfer, out double chamfer) ? chamfer : null,
            Statements = followed.SelectMany(entry => entry.Adherence.Statements).ToList(),
            Unseen = followed.SelectMany(entry => entry.Adherence.Unseen).ToList(),
            NotMeasured = followed.Select(entry => entry.Adherence.NotMeasured).OfType<string>().Distinct().ToList(),
            Parts = followed.SelectMany(entry => entry.Adherence.Parts).ToList(),
            Grain = Grain.InCorner(Picture),
            FlatShare = Flatness.Share(Flatness.Of(Picture)),
            GrainOfFlat = reference?.Flat is { } flat ? Grain.At(Picture, flat) : null,
            Spectrum = RadialSpectrum.Of(Picture),
            Attributes = seen.Attributes,
            Features = seen.Features,
            Composition = _composition,
        };
    }

    /// <summary>The mean of each column of results over the conditions that have it.</summary>
    private static Dictionary<string, double> Results(IEnumerable<(Modality Modality, Adherence Adherence)> followed) =>
        (from entry in followed
         from column in entry.Modality.ResultColumns.Select((name, i) => (Name: name, Value: i == 0 ? entry.Adherence.Score : Other(entry.Adherence, name)))
         where column.Value is not null
         group column.Value!.Value by column.Name).ToDictionary(values => values.Key, values => values.Average());

    private static double? Other(Adherence adherence, string name) => adherence.Others.TryGetValue(name, out double value) ? value : null;
}
