using System.Diagnostics;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Spectre.Console;
using static TorchSharp.torch;
using Precision = Mcdm.Diffusion.Composition.Precision;

namespace Mcdm.Benchmarks;

/// <summary>What a rule of composition costs a step, beside the networks: predictions of the shape of Faces' latents, random ones.</summary>
internal static class RuleBenchmark
{
    private const int Channels = 8, Side = 32, Scales = 5, WarmUp = 5, Runs = 41;

    public static int Run()
    {
        var level = new VariancePreserving(NoiseScheduleKind.Cosine, 1000).Level(500);
        var table = new Table().Title($"ms a step, medians of {Runs}; z of {Channels}×{Side}×{Side}").AddColumns("pictures", "conditions", "Product", "Projection", "Precision");
        foreach (int pictures in new[] { 1, 4, 16 })
        {
            foreach (int terms in new[] { 2, 3, 5, 12 })
            {
                table.AddRow([$"{pictures}", $"{terms}", .. new Combiner[] { new Product(), new Projection(), Precise(terms) }.Select(rule => $"{Median(rule, pictures, terms, level):0.00}")]);
            }
        }
        AnsiConsole.Write(table);
        return 0;
    }

    private static double Median(Combiner combiner, int pictures, int terms, NoiseLevel level)
    {
        using var scope = NewDisposeScope();
        var shared = randn([1, pictures, Channels, Side, Side]);
        var predictions = new Predictions(randn([pictures, Channels, Side, Side]), shared + randn([terms, pictures, Channels, Side, Side]), ones([terms, pictures, 1, 1, 1]),
            [.. Enumerable.Range(0, terms).Select(_ => Enumerable.Repeat(true, pictures).ToArray())], [.. Enumerable.Repeat(true, pictures)])
        {
            Experts = [.. Enumerable.Range(0, terms).Select(i => $"e{i}")],
        };
        var rule = combiner.RuleOf([]);
        return Enumerable.Range(0, WarmUp + Runs).Select(_ =>
        {
            using var step = NewDisposeScope();
            var clock = Stopwatch.StartNew();
            rule.Compose(predictions.Unconditional, level, predictions);
            return clock.Elapsed.TotalMilliseconds;
        }).Skip(WarmUp).Order().ElementAt(Runs / 2);
    }

    private static Combiner Precise(int terms)
    {
        IReadOnlyList<BandVariances> Levels(double variance) => [new(-5, [.. Enumerable.Repeat(variance, HaarBands.Count(Scales))])];
        var experts = Enumerable.Range(0, terms).Select(i => $"e{i}").ToList();
        var table = new VarianceTable
        {
            Experts = experts.Append(VarianceTable.Unconditional).Select((name, i) => (name, i)).ToDictionary(one => one.name, one => Levels(0.1 * (one.i + 1))),
            Pictures = new Dictionary<string, int>(),
        };
        return new Precision().Prepared(table, experts, null, Side, Side);
    }
}
