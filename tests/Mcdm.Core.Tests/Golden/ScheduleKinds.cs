using System.Text.Json;
using System.Text.Json.Nodes;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Mcdm.Families.Shared;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>β, ᾱ and the levels of short runs: alphas, timesteps.</summary>
internal sealed class ScheduleKinds : IGoldenKind
{
    public IReadOnlyList<string> Kinds { get; } = ["alphas", "timesteps", "refuse-timesteps"];

    public void Check(GoldenCase golden)
    {
        var config = SchedulerCase.Read(golden.Parameters, golden.HasInput("betas") ? golden.Input("betas") : null);
        if (golden.Kind == "alphas") { CheckAlphas(golden, NoiseSchedule.Create(config.Schedule)); }
        else if (golden.Kind == "refuse-timesteps")
        {
            var asked = config.Sampling with { Steps = golden.Parameters.GetProperty("steps").GetInt32() };
            Assert.Equal("StepsOutOfRange", Assert.Throws<McdmException>(() => SamplingPath.Of(new VariancePreserving(config.Schedule), asked)).Id);
        }
        else { CheckTimesteps(golden, config.Sampling, new VariancePreserving(config.Schedule)); }
    }

    private static void CheckAlphas(GoldenCase golden, NoiseSchedule schedule)
    {
        double[] Table(Func<int, double> at) => [.. Enumerable.Range(1, schedule.Steps).Select(at)];
        double[] alphaBar = Table(schedule.AlphaBar);
        SchedulerCase.AssertNear(golden, "betas", Table(schedule.Beta), alphaBar[^1] == 0 ? 1e-5 : 1e-6);
        SchedulerCase.AssertNear(golden, "alphas_cumprod", alphaBar);
        SchedulerCase.AssertNear(golden, "alphas_cumprod_64", alphaBar);
    }

    private static void CheckTimesteps(GoldenCase golden, SamplerOptions sampling, DiffusionProcess process)
    {
        int steps = golden.Parameters.GetProperty("steps").GetInt32();
        sampling = sampling with { Steps = steps };
        // Levels that do not fall, or lie beyond the last, are refused by a run, and nothing can be asked of them.
        var spaced = sampling.Spacing?.Timesteps(process.Steps, steps, sampling.Sampler.Spacing) ?? [];
        if (spaced.Count > 0 && (sampling.Sampler.Spacing == SpacingRule.OneMore && steps > process.Steps / 2 || spaced[0] >= process.Steps))
        {
            golden.AssertEqual("timesteps", tensor(spaced.Select(t => (float)t).ToArray()));
            return;
        }
        var called = new List<float>();
        _ = Sampler.Sample((z, level) =>
        {
            called.Add((float)(level.T - 1));
            return new NoisePrediction(z.clone());
        }, process, () => zeros(1, 1, 1, 1), sampling with { ClipDenoised = false });
        SchedulerCase.AssertTimesteps(golden, called);
        if (golden.HasOutput("sigmas")) { SchedulerCase.AssertSigmas(golden, SamplingPath.Of(process, sampling), sampling.Sampler is Heun); }
    }
}

/// <summary>Samplers on data whose prediction is known: sampler.</summary>
internal sealed class SamplerKinds : IGoldenKind
{
    public IReadOnlyList<string> Kinds { get; } = ["sampler"];

    public void Check(GoldenCase golden)
    {
        var config = SchedulerCase.Read(golden.Parameters.GetProperty("scheduler"), null);
        var process = new VariancePreserving(config.Schedule);
        Tensor mean = golden.Input("mean"), table = tensor(Enumerable.Range(1, process.Steps).Select(process.Table.AlphaBar).ToArray());
        double s2 = golden.Parameters.GetProperty("s2").GetDouble();
        new SchedulerCase(golden, config, process).Check((z, level) => Exact(config.Prediction, z, TableAt(table, level.T - 1), mean, s2),
            Tolerance(golden, config));
    }

    /// <summary>What the README allows, but where the original's own rounding is more: with η = 1 nothing of the old noise is left after ᾱ = 0, and in float32 √2⁻²⁴ of it is.</summary>
    private static double Tolerance(GoldenCase golden, SchedulerConfig config) => !config.Schedule.ZeroTerminalSnr ? 1e-5
        : config.Sampling.Sampler switch
        {
            Euler and not (EulerAncestral or Dpm2Ancestral) => 1e-4,
            Ddim when golden.Parameter("eta")?.GetDouble() == 1 => 2.5e-4,
            _ => 1e-5,
        };

    private static double TableAt(Tensor table, double t)
    {
        int below = (int)t, above = Math.Min(below + 1, (int)table.shape[0] - 1);
        double from = table[below].ToDouble();
        return from + (table[above].ToDouble() - from) * (t - below);
    }

    /// <summary>What a network would predict of z_t where each number of the data is N(mean, s2), in double.</summary>
    private static Tensor Exact(PredictionKind kind, Tensor z, double alphaBar, Tensor mean, double s2)
    {
        var k = (z.to(ScalarType.Float64) - Math.Sqrt(alphaBar) * mean) / (alphaBar * s2 + 1 - alphaBar);
        Tensor noise = Math.Sqrt(1 - alphaBar) * k, z0 = mean + Math.Sqrt(alphaBar) * s2 * k;
        return (kind switch
        {
            PredictionKind.Noise => noise,
            PredictionKind.Velocity => Math.Sqrt(alphaBar) * noise - Math.Sqrt(1 - alphaBar) * z0,
            _ => z0,
        }).to(ScalarType.Float32);
    }
}

/// <summary>Whole runs of a network of pixels: run-pixels.</summary>
internal sealed class PixelRunKinds : IGoldenKind
{
    public IReadOnlyList<string> Kinds { get; } = ["run-pixels"];

    public void Check(GoldenCase golden)
    {
        using var networks = GoldenNetworks.Of(golden);
        var network = networks.UNet2D();
        var config = SchedulerCase.Read(golden.Parameters.GetProperty("scheduler"), null, Path.Combine(golden.Model, "scheduler", SchedulerConfig.FileName));
        new SchedulerCase(golden, config, new VariancePreserving(config.Schedule))
            .Check((z, level) => network.Forward(z, full([z.shape[0]], level.T - 1)), 2e-4);
    }
}

/// <summary>A run with a scheduler's configuration, held against the trajectory of the original.</summary>
internal sealed class SchedulerCase(GoldenCase golden, SchedulerConfig config, DiffusionProcess process)
{
    private readonly SamplerOptions _sampling = WithSteps(golden, config.Sampling with
    {
        Sampler = config.Sampling.Sampler.WithEta(golden.Parameter("eta")?.GetDouble() ?? 0),
    });

    /// <summary>The number of steps, or the levels themselves.</summary>
    private static SamplerOptions WithSteps(GoldenCase golden, SamplerOptions sampling)
    {
        if (golden.Parameter("steps") is { } steps) { return sampling with { Steps = steps.GetInt32() }; }
        var spacing = sampling.Spacing ?? new StepSpacing(SpacingKind.Leading);
        if (golden.Parameter("given_timesteps") is { } given)
        {
            var timesteps = given.EnumerateArray().Select(t => t.GetDouble()).ToList();
            return sampling with { Steps = timesteps.Count, Spacing = spacing with { Given = timesteps } };
        }
        // The last is the picture.
        var sigmas = golden.Parameter("given_sigmas")!.Value.EnumerateArray().Select(sigma => sigma.GetDouble()).SkipLast(1).ToList();
        return sampling with { Steps = sigmas.Count, Spacing = spacing with { GivenSigmas = sigmas } };
    }

    /// <summary>Runs, with a predictor in the configuration's own form, and compares start, levels, every step and the end.</summary>
    public void Check(Func<Tensor, NoiseLevel, Tensor> predict, double tolerance)
    {
        var path = SamplingPath.Of(process, _sampling);
        var draws = new Queue<Tensor>([golden.Input("start"), .. GoldenTrajectory.Drawn(golden)]);
        var seen = new List<Tensor>();
        var called = new List<float>();
        var end = Sampler.Sample((z, level) =>
        {
            seen.Add(AsHeld(z.clone(), level).DetachFromDisposeScope());
            called.Add((float)(level.T - 1));
            return new NoisePrediction(predict(z, level)) { Kind = config.Prediction };
        }, process, draws.Dequeue, _sampling);
        seen.Add(AsHeld(end, path.Steps[^1].To));
        if (golden.HasOutput("initial")) { golden.AssertClose("initial", seen[0], tolerance); }
        AssertTimesteps(golden, called);
        if (golden.HasOutput("sigmas")) { AssertSigmas(golden, path, _sampling.Sampler is Heun or Dpm2); }
        golden.AssertClose("trajectory", stack(seen.Skip(1)).reshape(golden.Output("trajectory").shape), tolerance);
        if (golden.HasOutput("sample")) { golden.AssertClose("sample", end, tolerance); }
    }

    /// <summary>Runs over levels between those of the schedule are held as x = z/α.</summary>
    private Tensor AsHeld(Tensor z, NoiseLevel level) => _sampling.Sampler.Spacing == SpacingRule.Between ? z / level.Alpha : z;

    /// <summary>The levels at which the network is asked, from 0; fractions of levels are right to what float32 has of log σ.</summary>
    public static void AssertTimesteps(GoldenCase golden, List<float> called)
    {
        var actual = tensor(called.ToArray());
        if (called.All(float.IsInteger) && golden.Output("timesteps").to(ScalarType.Float32).data<float>().ToArray().All(float.IsInteger)) { golden.AssertEqual("timesteps", actual); }
        else { golden.AssertClose("timesteps", actual, 1e-5); }
    }

    /// <summary>σ of all levels, the last step's end among them; theirs come from 1 − ᾱ in float32, which at the first level is right to 7e-5.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="path">The path.</param>
    /// <param name="isTwice">Whether the network is asked twice at each level but the first, as Heun's method does.</param>
    public static void AssertSigmas(GoldenCase golden, SamplingPath path, bool isTwice)
    {
        float[] sigmas = [..path.Steps.Select(step => (float)step.From.ExplodingSigma)
            .SelectMany((sigma, i) => Enumerable.Repeat(sigma, i > 0 && isTwice ? 2 : 1)).Append((float)path.Steps[^1].To.ExplodingSigma)];
        // Some lists go on with zeros that nobody reads.
        golden.AssertClose("sigmas", tensor([.. sigmas, .. Enumerable.Repeat(0f, (int)golden.Output("sigmas").shape[0] - sigmas.Length)]), 5e-5);
    }

    /// <summary>A configuration as a case's parameters give it, on top of a file's where there is one: its class is named <c>class</c> there.</summary>
    public static SchedulerConfig Read(JsonElement parameters, Tensor? betas, string? file = null)
    {
        var json = file is null ? [] : JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(parameters.GetRawText())!.AsObject()) { json[key] = value?.DeepClone(); }
        if (json.Remove("class", out var name)) { json["_class_name"] = name; }
        // In double the values of a table in float32 stay what they are.
        if (betas is not null) { json["trained_betas"] = new JsonArray([.. betas.data<float>().Select(beta => (JsonNode)(double)beta)]); }
        // A table alone says nothing of a prediction, and noise would be refused where it says nothing at the end.
        if (json["rescale_betas_zero_snr"] is not null) { json.TryAdd("prediction_type", "v_prediction"); }
        return SchedulerConfig.Read(JsonConfig.Of("scheduler_config.json", JsonSerializer.SerializeToElement(json)));
    }

    /// <summary>Each number to 1e-6; other programs put 2⁻²⁴ where ᾱ is 0, in some classes. β of a rescaled schedule are quotients of ᾱ near 0, in float32 right to 1e-5.</summary>
    public static void AssertNear(GoldenCase golden, string role, double[] actual, double tolerance = 1e-6)
    {
        double[] expected = golden.Output(role).to(ScalarType.Float64).data<double>().ToArray();
        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), 0, tolerance);
    }
}
