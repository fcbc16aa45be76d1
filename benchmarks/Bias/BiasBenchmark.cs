using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Bias;

/// <summary>
/// How far the samples of a composition lie from the true product, where that is known: plain samplers, Langevin steps, and
/// particles, against what as many exact samples reach (the Monte-Carlo floor).
/// </summary>
internal static class BiasBenchmark
{
    private const int LangevinSteps = 5, FloorRuns = 20, MostRows = 1 << 18, SeedsOfARun = 10_000_000;
    private static readonly int[] s_particles = [1, 4, 16, 64];

    /// <param name="samples">Samples of each method.</param>
    /// <param name="steps">Sampling steps.</param>
    /// <param name="plot">The PNG to draw.</param>
    /// <param name="problems">Parts of the names of the problems to sample; all where there are none.</param>
    /// <param name="run">Which of several runs: all seeds of the samples are others.</param>
    public static int Run(int samples, int steps, string plot, string[] problems, int run)
    {
        bool IsChosen(string name) => problems.Length == 0 || problems.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));
        var chosen = BiasProblem.All.Where(problem => IsChosen(problem.Name)).ToList();
        var fields = FieldProblem.All().Where(problem => IsChosen(problem.Name)).ToList();
        if (chosen.Count == 0 && fields.Count == 0)
        {
            Console.Error.WriteLine($"No problem's name holds {string.Join(" or ", problems)}; there are: {string.Join("; ", BiasProblem.All.Select(problem => problem.Name).Concat(FieldProblem.All().Select(problem => problem.Name)))}.");
            return 1;
        }
        var ancestral = new SamplerOptions { Sampler = new Ddpm(), Steps = steps, ClipDenoised = false };
        var curves = new List<BiasCurve>();
        foreach (var problem in chosen)
        {
            double[] floors = Enumerable.Range(0, FloorRuns).Select(set =>
            {
                using var exact = problem.Truth.Draw(samples, 1000 + set);
                return problem.Distance(exact);
            }).ToArray();
            var table = new Table().Title($"{problem.Name}: {samples} samples, {steps} steps; Monte-Carlo floor {floors.Average():0.0000} ({floors.Min():0.0000} to {floors.Max():0.0000})")
                .AddColumns("method", "evaluations a step", "distance", "ancestral over it", $"variance along x (true {Variance(problem):0.0000})");
            using var scope = NewDisposeScope();
            var byParticles = s_particles.Select(particles => Sample(problem, ancestral, particles, samples, run)).ToList();
            double[] distances = [.. byParticles.Select(problem.Distance)];
            Row("DDIM", 3, Sample(problem, ancestral with { Sampler = new Ddim() }, 1, samples, run));
            Row("ancestral", 3, byParticles[0]);
            Row($"ancestral, {LangevinSteps} Langevin steps", 3 * (1 + LangevinSteps), Sample(problem, ancestral with { LangevinSteps = LangevinSteps }, 1, samples, run));
            foreach (var (particles, values) in s_particles.Zip(byParticles).Skip(1)) { Row($"ancestral, {particles} particles", 3 * particles, values); }
            Row("ancestral, projection", 3, Sample(problem, ancestral, 1, samples, run, new Projection()));
            AnsiConsole.Write(table);
            curves.Add(new BiasCurve(problem, s_particles, distances, floors.Average(), FirstAxis(byParticles[0]), FirstAxis(byParticles[^1])));

            void Row(string method, int evaluations, Tensor values)
            {
                double distance = problem.Distance(values);
                table.AddRow(method, $"{evaluations}", $"{distance:0.0000}", $"{distances[0] / distance:0.0}", $"{values.select(1, 0).var().ToDouble():0.0000}");
            }
        }
        if (fields.Count > 0) { Fields(fields, samples, steps, run); }
        if (curves.Count == 0) { return 0; }
        BiasPlot.Save(curves, plot);
        AnsiConsole.WriteLine($"Plot: {plot}");
        return 0;
    }

    /// <summary>The rules on pictures of normal distributions, of which experts are told functions with noise and without.</summary>
    private static void Fields(IReadOnlyList<FieldProblem> problems, int samples, int steps, int run)
    {
        var table = new Table().Title($"What rules make of functions that experts were told: {samples} samples, DDIM, {steps} steps")
            .AddColumns("problem", "rule", "rms error of the mean", "variance ÷ the true one");
        foreach (var problem in problems)
        {
            foreach (var combiner in new[] { new Product(), new Projection(), problem.Precise() })
            {
                var (bias, spread) = problem.Errors(combiner, samples, steps, run * SeedsOfARun + 1);
                table.AddRow(problem.Name, combiner.Name, $"{bias:0.000}", $"{spread:0.000}");
            }
        }
        AnsiConsole.Write(table);
    }

    /// <summary>One value for each sample, drawn from its particles by their weights, float64 [samples, dimensions].</summary>
    private static Tensor Sample(BiasProblem problem, SamplerOptions sampling, int particles, int samples, int run, Combiner? combiner = null)
    {
        using var scope = NewDisposeScope();
        using var composer = new Composer(problem.Experts, BiasProblem.Conditions);
        var process = composer.Space.Process;
        var parts = new List<Tensor>();
        int most = Math.Max(1, MostRows / particles);
        for (int done = 0; done < samples; done += most)
        {
            int count = Math.Min(most, samples - done), first = run * SeedsOfARun + done;
            var filter = particles == 1 ? null : new ParticleFilter([.. Enumerable.Range(first, count).Select(k => (long)k)], new ParticleOptions { Particles = particles });
            using var predictor = new ComposedPredictor(composer.Predict, (combiner ?? new Product()).RuleOf([])) { MeasuresAgreement = filter is not null };
            using var generator = new Generator((ulong)(first + 1));
            long[] shape = [(long)count * particles, composer.Space.Channels, 1, 1];
            using var z = Sampler.Sample(predictor.Predict, process, () => randn(shape, generator: generator), sampling, corrector: filter);
            parts.Add((filter is null ? z.flatten(1) : z.flatten(1).index_select(0, tensor(filter.Draw()))).to(ScalarType.Float64));
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    private static double[] FirstAxis(Tensor samples)
    {
        using var first = samples.select(1, 0).contiguous();
        return first.data<double>().ToArray();
    }

    private static double Variance(BiasProblem problem)
    {
        var components = problem.Truth.Components;
        double mean = components.Sum(c => c.Weight * c.Mean[0]);
        return components.Sum(c => c.Weight * (c.Deviation[0] * c.Deviation[0] + (c.Mean[0] - mean) * (c.Mean[0] - mean)));
    }
}
