using Mcdm.Datasets;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;

namespace Mcdm.Evaluation;

/// <summary>What is known of the pictures that sets are compared with.</summary>
public sealed record ReferenceSet
{
    private const int BatchSize = 32;

    /// <summary>What the judge sees in each of them.</summary>
    public required IReadOnlyList<Judgement> Seen { get; init; }

    /// <summary>Where nearly all of them are flat; null where that is nowhere, or where they differ in size.</summary>
    public FlatPlaces? Flat { get; init; }

    /// <summary>Mean grain at <see cref="Flat"/>, in levels (1/255); null without such places.</summary>
    public double? Grain { get; init; }

    /// <summary>Mean of <see cref="Flatness.Share"/>, 0…1.</summary>
    public double? FlatShare { get; init; }

    /// <summary>Mean power spectrum; null where they differ in size.</summary>
    public RadialSpectrum? Spectrum { get; init; }

    /// <summary>Looks at the pictures of a dataset, twice: grain is measured where nearly all are flat, which all of them tell.</summary>
    /// <param name="judge">Who looks.</param>
    /// <param name="items">The pictures; those that are transparent are seen on white.</param>
    /// <param name="progress">Told how much is done, of how much.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="McdmException"><c>JudgeSize</c>, or a file is no whole picture.</exception>
    public static ReferenceSet Look(Judge judge, IReadOnlyList<DatasetItem> items, Action<int, int>? progress = null, Action<string>? note = null,
        CancellationToken cancellation = default)
    {
        var (seen, shares, spectra, tally) = (new List<Judgement>(), new List<double?>(), new List<RadialSpectrum>(), new FlatPlaces.Tally());
        foreach (var batch in items.Chunk(BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var pictures = batch.Select(item => Read(item, note)).ToList();
            foreach (var (picture, item) in pictures.Zip(batch)) { judge.RequireSize(picture, $"'{item.PicturePath}'"); }
            seen.AddRange(judge.Look(pictures));
            foreach (var picture in pictures)
            {
                bool[] isFlat = Flatness.Of(picture);
                tally.Add(picture, isFlat);
                shares.Add(Flatness.Share(isFlat));
                spectra.Add(RadialSpectrum.Of(picture));
            }
            progress?.Invoke(seen.Count, 2 * items.Count);
        }
        var (flat, grain) = (tally.Places(), new List<double?>());
        foreach (var item in flat is null ? [] : items)
        {
            cancellation.ThrowIfCancellationRequested();
            grain.Add(Evaluation.Grain.At(Read(item), flat!));
            progress?.Invoke(seen.Count + grain.Count, 2 * items.Count);
        }
        return new ReferenceSet { Seen = seen, Flat = flat, Grain = grain.Average(), FlatShare = shares.Average(), Spectrum = RadialSpectrum.Mean(spectra) };
    }

    private static Picture Read(DatasetItem item, Action<string>? note = null) => PictureResize.Flatten(item.ReadPicture(note));
}
