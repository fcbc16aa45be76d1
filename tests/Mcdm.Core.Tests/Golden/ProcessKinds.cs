using System.Text.Json;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Modalities;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Experts whose processes differ: the level of one that has the signal-to-noise ratio of another's, in double precision, and whole runs.</summary>
internal sealed class ProcessKinds : IGoldenKind
{
    private const double Exact = 1e-9, OfTime = 1e-7, RunTolerance = 5e-4;

    public IReadOnlyList<string> Kinds => ["rescale", "run-processes"];

    public void Check(GoldenCase golden)
    {
        if (golden.Kind == "rescale") { Rescale(golden); }
        else { Run(golden); }
    }

    private static void Rescale(GoldenCase golden)
    {
        var (from, to) = (ProcessOf(golden.Parameters.GetProperty("from")), ProcessOf(golden.Parameters.GetProperty("to")));
        var level = from.Level(golden.Parameters.GetProperty("t").GetInt32() + 1);
        var (own, isBeyond) = to.Like(level);
        Assert.InRange(Math.Abs(Number("t2") - (own.T - 1)), 0, OfTime);
        Assert.Equal(Number("clamped") != 0, isBeyond);
        golden.AssertClose("levels", tensor(new[] { level.Alpha, level.Sigma, own.Alpha, own.Sigma }).reshape(golden.Output("levels").shape), Exact);
        // Between processes that preserve the variance z stays as it is.
        var (z, mean) = (golden.Input("z").to(ScalarType.Float64), golden.Input("mean").to(ScalarType.Float64));
        golden.AssertClose("z2", z, Exact);
        double variance = golden.Parameters.GetProperty("s2").GetDouble();
        golden.AssertClose("x0_from", Denoised(level), Exact);
        golden.AssertClose("x0_to", Denoised(own), Exact);

        double Number(string role) => golden.Output(role).to(ScalarType.Float64).reshape(-1)[0].ToDouble();

        Tensor Denoised(NoiseLevel at) => mean + at.Alpha * variance * (z - at.Alpha * mean) / (at.Alpha * at.Alpha * variance + at.Sigma * at.Sigma);
    }

    private static void Run(GoldenCase golden)
    {
        using var scope = NewDisposeScope();
        var process = ProcessOf(golden.Parameters.GetProperty("process"));
        var entries = golden.Parameters.GetProperty("experts").EnumerateArray().Prepend(golden.Parameters.GetProperty("unconditional")).ToList();
        var models = new Dictionary<string, (LatentDiffusionFiles Files, Model Model)>(StringComparer.Ordinal);
        try
        {
            var start = golden.Input("start");
            var experts = entries.ConvertAll(entry =>
            {
                string folder = golden.Folder.ModelOf(entry.GetProperty("golden").GetString()!);
                if (!models.TryGetValue(folder, out var known))
                {
                    var files = LatentDiffusionFolder.Open(folder);
                    models[folder] = known = (files, LatentDiffusionModel.Assemble(files, [], [], "text", withUnconditional: true, null, CPU, ScalarType.Float32));
                }
                var model = known.Model;
                var space = model.Space.At((int)start.shape[3] * model.Space.Factor, (int)start.shape[2] * model.Space.Factor);
                string prompt = entry.GetProperty("prompt").GetString()!;
                var expert = (prompt.Length == 0 ? model.Unconditional : model.Expert("text")).At(space.PictureWidth, space.PictureHeight);
                return (Expert: ProcessExpert.In(expert, space with { Process = process }), Own: expert,
                    Inputs: prompt.Length == 0 ? expert.Unconditioned() : expert.Encode(Condition.FromText(prompt)).Inputs,
                    Weight: entry.TryGetProperty("weight", out var weight) ? weight.GetDouble() : 0);
            });
            var sampling = new SamplerOptions { Sampler = new Ddim(), Steps = golden.Parameters.GetProperty("steps").GetInt32(), ClipDenoised = false };
            var (seen, asked) = (new List<Tensor>(), new List<NoiseLevel>());
            var kind = process.IsZeroTerminal ? PredictionKind.Velocity : PredictionKind.Noise;
            var end = Sampler.Sample((z, level) =>
            {
                seen.Add(z.clone().DetachFromDisposeScope());
                asked.Add(level);
                var each = experts.ConvertAll(expert => expert.Expert.Predict(z, level, expert.Inputs));
                var sum = each[0].clone();
                for (int i = 1; i < each.Count; i++) { sum += experts[i].Weight * (each[i] - each[0]); }
                if (asked.Count == 1)
                {
                    golden.AssertClose("first_prediction", golden.Parameters.GetProperty("compose").GetString() == "x0" ? kind.Denoised(sum, z, level) : kind.Noise(sum, z, level), RunTolerance);
                }
                return new NoisePrediction(sum) { Kind = kind };
            }, process, () => start.clone(), sampling);
            seen.Add(end);
            golden.AssertEqual("timesteps", tensor(asked.ConvertAll(level => (float)(level.T - 1)).ToArray()));
            var levels = stack(asked.ConvertAll(level => tensor(experts.ConvertAll(expert => expert.Own.Space.Process.Like(level).Level.T - 1).ToArray())));
            // Of ε_u, whose process is the solver's, nothing is told.
            if (golden.Output("levels").shape[1] < levels.shape[1]) { levels = levels[.., 1..]; }
            Assert.InRange((levels - golden.Output("levels").to(ScalarType.Float64)).abs().max().ToDouble(), 0, 1e-3);
            golden.AssertClose("trajectory", cat(seen.Skip(1).ToArray()), RunTolerance);
            golden.AssertClose("latents", end, RunTolerance);
            foreach (var z in seen) { z.Dispose(); }
        }
        finally
        {
            foreach (var (files, model) in models.Values)
            {
                model.Dispose();
                files.Dispose();
            }
        }
    }

    private static VariancePreserving ProcessOf(JsonElement entry)
    {
        var kind = entry.GetProperty("beta_schedule").GetString() switch
        {
            "linear" => NoiseScheduleKind.Linear,
            "scaled_linear" => NoiseScheduleKind.ScaledLinear,
            _ => NoiseScheduleKind.Cosine,
        };
        var schedule = new ScheduleDescription(kind, entry.GetProperty("num_train_timesteps").GetInt32())
        {
            ZeroTerminalSnr = entry.TryGetProperty("rescale_betas_zero_snr", out var zero) && zero.GetBoolean(),
        };
        return new(kind == NoiseScheduleKind.Cosine ? schedule
            : schedule with { BetaStart = entry.GetProperty("beta_start").GetDouble(), BetaEnd = entry.GetProperty("beta_end").GetDouble() });
    }
}
