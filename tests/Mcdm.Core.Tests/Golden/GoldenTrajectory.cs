using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>A whole run of a case, held against the original's at every call of the networks.</summary>
/// <param name="golden">The case: its noises, and what comes out.</param>
/// <param name="model">What is sampled with: its sampler has the case's scheduler, its codec the picture.</param>
internal sealed class GoldenTrajectory(GoldenCase golden, Model model)
{
    /// <summary>Experts of other models of the composition.</summary>
    public IReadOnlyList<Model> Others { get; init; } = [];

    /// <summary>What the run starts from; null for noise alone.</summary>
    public PictureStart? Start { get; init; }

    /// <summary>What networks that fill holes are shown.</summary>
    public Hole? Hole { get; init; }

    /// <summary>What pictures are to look cut out of.</summary>
    public PictureFrame? Frame { get; init; }

    /// <summary>How close the first prediction is to be.</summary>
    public double FirstTolerance { get; init; } = 2e-5;

    /// <summary>Told of the composition before it runs.</summary>
    public Action<Composition>? Adjust { get; init; }

    /// <summary>The case's sampler, number of steps and η.</summary>
    public SamplerOptions Sampling => model.Sampling! with
    {
        Sampler = model.Sampling!.Sampler.WithEta(golden.Parameter("eta")?.GetDouble() ?? 0),
        Steps = golden.Parameters.GetProperty("steps").GetInt32(),
    };

    /// <summary>The model's space at the size of the case's noise.</summary>
    public LatentSpace Space => Of(golden.Input("start"));

    /// <summary>Runs, and compares levels, every step and the end.</summary>
    public void Check(IReadOnlyList<Condition> conditions, Combiner combiner, double tolerance)
    {
        var sampling = Sampling;
        combiner = combiner.WithRescale(golden.Parameter("guidance_rescale")?.GetDouble() ?? 0);
        var start = golden.Input("start");
        var space = Of(start);
        string? negative = (golden.Parameter("negative_prompt") ?? golden.Parameter("unconditional_prompt"))?.GetString();
        // Of the other versions, none is the empty one.
        if (negative is "" && !golden.Kind.StartsWith("sdxl-", StringComparison.Ordinal)) { negative = null; }
        var experts = Others.Prepend(model).SelectMany(each => each.At(space.PictureWidth, space.PictureHeight).Experts).ToList();
        using var composition = new Composition(experts, conditions, null, combiner, negative, Hole, Frame);
        Adjust?.Invoke(composition);
        using var composer = new Composer([composition]);
        var path = SamplingPath.Of(space.Process, sampling);
        using var predictor = new ComposedPredictor(composer.Predict, combiner.RuleOf(path.Steps));
        var draws = new Queue<Tensor>([start, .. Drawn(golden)]);
        var (seen, levels) = (new List<Tensor>(), new List<NoiseLevel>());
        var end = Sampler.Sample((z, level) =>
        {
            seen.Add(AsHeld(z, level).clone().DetachFromDisposeScope());
            levels.Add(level);
            var prediction = predictor.Predict(z, level);
            if (seen.Count == 1 && golden.HasOutput("first_prediction")) { golden.AssertClose("first_prediction", prediction.Value, FirstTolerance); }
            return prediction;
        }, space.Process, () => draws.Dequeue().clone(), sampling, picture: Start);
        seen.Add(AsHeld(end, path.Steps[^1].To));
        if (golden.HasOutput("timesteps")) { SchedulerCase.AssertTimesteps(golden, levels.ConvertAll(level => (float)(level.T - 1))); }
        if (golden.HasOutput("trajectory")) { golden.AssertClose("trajectory", cat(seen.Skip(1).ToArray()), tolerance); }
        golden.AssertClose("latents", end, tolerance);
        if (golden.HasOutput("picture")) { golden.AssertClose("picture", model.Codec!.Decode(end), tolerance); }
        foreach (var z in seen) { z.Dispose(); }

        // Runs over levels between those of the schedule are held as x = z/α.
        Tensor AsHeld(Tensor z, NoiseLevel level) => sampling.Sampler.Spacing == SpacingRule.Between ? z / level.Alpha : z;
    }

    /// <summary>The noises by call of the network, of which a run draws those that count.</summary>
    public static IEnumerable<Tensor> Drawn(GoldenCase golden)
    {
        if (!golden.HasInput("noises")) { return []; }
        var noises = golden.Input("noises").unbind().Select(noise => noise.reshape(golden.Input("start").shape)).ToList();
        return golden.HasOutput("noise_used") ? noises.Zip(golden.Output("noise_used").to(ScalarType.Int64).data<long>().ToArray()).Where(pair => pair.Second != 0).Select(pair => pair.First)
            : noises;
    }

    private LatentSpace Of(Tensor start) => model.Space.At((int)start.shape[3] * model.Space.Factor, (int)start.shape[2] * model.Space.Factor);
}
