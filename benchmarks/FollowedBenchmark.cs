using System.Diagnostics;
using Mcdm.Benchmarks.Results;
using Mcdm.Evaluation;
using Mcdm.Experts;
using Mcdm.Modalities;
using Mcdm.Families.Own.Files;
using Mcdm.Runtime;
using Mcdm.Sampling;
using static System.FormattableString;

namespace Mcdm.Benchmarks;

/// <summary>
/// Were conditions followed, by a judge and by lift? In every other picture one condition, each in turn, is another picture's: beside the rest it can hardly be.
/// </summary>
internal static class FollowedBenchmark
{
    private const int BatchSize = 16;

    /// <summary>From which score on a condition counts as followed: all statements, nearly all of the mask, most lines.</summary>
    private static readonly Dictionary<Modality, double> s_followed = new() { [Modality.Text] = 1, [Modality.Segment] = 0.9, [Modality.Sketch] = 0.8 };

    private sealed record Seen(Modality Modality, bool IsSwapped, bool IsFollowed, double? Lift);

    public static int Run(string modelFolder, string judgeFolder, string data, int count)
    {
        if (Repository.Lacks(Path.Combine(data, "captions.txt"))) { return 1; }
        var device = ComputeDevice.Select(null);
        using var model = ModelPack.Read(modelFolder, device.ToTorch(), Runtime.Precision.Auto.On(device));
        using var judge = JudgePack.Read(judgeFolder, device.ToTorch());
        Console.WriteLine(Invariant($"{model.Name}, {count} pictures of each composition, the usual settings, {model.Precision}"));
        Console.WriteLine("| conditions | condition | of | followed | without lift | lift < 0 | of these followed | lift > 0 | of these followed | area under the curve |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        var costs = new List<string>();
        foreach (string name in new[] { "text", "text + sketch", "all three" })
        {
            var (sampling, measuring) = (new Stopwatch(), new Stopwatch());
            var seen = Compositions(data, count, model.Space.PictureWidth, HeldOutPictures.Compositions[name]).Select((one, i) => (one.Conditions, one.Swapped, Seed: (long)i))
                .Chunk(BatchSize).SelectMany(batch => Sample(model, judge, batch, sampling, measuring)).ToList();
            foreach (var group in seen.GroupBy(one => (one.Modality, one.IsSwapped)).OrderBy(group => group.Key.Modality.Order).ThenBy(group => group.Key.IsSwapped))
            {
                Console.WriteLine(Row($"{name}{(group.Key.IsSwapped ? ", this one another picture's" : "")}", group.Key.Modality, [.. group]));
            }
            foreach (var group in seen.GroupBy(one => one.Modality).OrderBy(group => group.Key.Order)) { Console.WriteLine(Row($"{name}, all", group.Key, [.. group])); }
            costs.Add(Invariant($"{name}: sampling {sampling.Elapsed.TotalMilliseconds / count:0.0} ms a picture, measuring {measuring.Elapsed.TotalMilliseconds / count:0.0} ms, {measuring.Elapsed / sampling.Elapsed:P1}"));
        }
        costs.ForEach(Console.WriteLine);
        return 0;
    }

    /// <summary>The conditions of held-out pictures, and which of them is another's; −1 for none.</summary>
    private static IEnumerable<(IReadOnlyList<Condition> Conditions, int Swapped)> Compositions(string data, int count, int size, Modality[] modalities)
    {
        var pictures = new HeldOutPictures(data, 2 * count, size).Take(2 * count, modalities).Select(one => one.Conditions).ToList();
        var captions = new HeldOutPictures(data, 2 * count, size).Take(2 * count, [Modality.Text]).Select(one => one.Conditions[0].Text).ToList();
        for (int i = 0; i < count; i++)
        {
            bool isWhole = i % 2 == 0 || modalities.Length == 1;
            int swapped = isWhole ? -1 : i / 2 % modalities.Length, other = Enumerable.Range(count + i, count).First(j => captions[j % (2 * count)] != captions[i]) % (2 * count);
            yield return (pictures[i].Select((condition, k) => k == swapped ? pictures[other][k] : condition).ToList(), swapped);
        }
    }

    private static IEnumerable<Seen> Sample(Model model, Judge judge, (IReadOnlyList<Condition> Conditions, int Swapped, long Seed)[] batch, Stopwatch sampling, Stopwatch measuring)
    {
        sampling.Start();
        using var generator = new ImageGenerator(model) { BatchSize = BatchSize };
        var requests = batch.Select(one => new GenerationRequest
        {
            Conditions = UsualSampling.Weighted(model, one.Conditions),
            Seed = one.Seed,
            Sampling = UsualSampling.For(model),
            Combiner = UsualSampling.Combiner(model, null, null),
        }).ToList();
        requests.ForEach(generator.Add);
        var images = generator.Sample(rest: true).SelectMany(done => done.Images).ToList();
        sampling.Stop();
        measuring.Start();
        var measured = new FollowedPictures(() => judge).Measured(images, requests);
        measuring.Stop();
        return from one in measured.Select((image, i) => (image.Recipe, batch[i].Swapped))
               from condition in one.Recipe!.Conditions.Select((condition, k) => (condition.Modality, one.Recipe.Followed![k].Score, Lift: one.Recipe.Disagreement?.Lifts?[k], k))
               where condition.Score is not null
               select new Seen(condition.Modality, one.Swapped == condition.k, condition.Score >= s_followed[condition.Modality], condition.Lift);
    }

    private static string Row(string conditions, Modality modality, IReadOnlyList<Seen> seen)
    {
        List<Seen> below = seen.Where(one => one.Lift < 0).ToList(), above = seen.Where(one => one.Lift >= 0).ToList(), rated = [.. below, .. above];
        double Followed(List<Seen> some) => some.Count == 0 ? double.NaN : (double)some.Count(one => one.IsFollowed) / some.Count;
        return Invariant($"| {conditions} | {modality} | {seen.Count} | {Followed([.. seen]):P0} | {seen.Count - rated.Count} | {below.Count} | {Followed(below):P0} | {above.Count} | {Followed(above):P0} | {Area(rated):0.00} |");
    }

    /// <summary>How often a condition that was followed has more lift than one that was not; ties are half.</summary>
    private static double Area(IReadOnlyList<Seen> seen)
    {
        var pairs = (from one in seen where one.IsFollowed from other in seen where !other.IsFollowed select (Math.Sign(one.Lift!.Value - other.Lift!.Value) + 1) / 2.0).ToList();
        return pairs.Count == 0 ? double.NaN : pairs.Average();
    }
}
