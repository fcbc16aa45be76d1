using Mcdm.Core.Tests.Sampling;
using Mcdm.Diffusion.Schedules;
using Mcdm.Families.Adm;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>guided-diffusion's networks, the tables of its process, and its runs.</summary>
internal sealed class AdmKinds : IGoldenKind
{
    private const double ForwardTolerance = 1e-4, RunTolerance = 1e-3, TableTolerance = 1e-6;

    public IReadOnlyList<string> Kinds => ["adm-forward", "adm-schedule", "adm-sample"];

    public void Check(GoldenCase golden)
    {
        switch (golden.Kind)
        {
            case "adm-forward": Forward(golden); break;
            case "adm-schedule": Schedule(golden); break;
            default: Sample(golden); break;
        }
    }

    private static void Forward(GoldenCase golden)
    {
        using var run = AdmRun.OfFolder(golden.Model);
        var x = golden.Input("x");
        var output = run.Network.Forward(x, golden.Input("t"), Inputs(golden));
        golden.AssertLargestClose("prediction", output.Prediction, ForwardTolerance);
        Assert.Equal(golden.HasOutput("variance"), output.Variance is not null);
        if (output.Variance is { } variance) { golden.AssertLargestClose("variance", variance, ForwardTolerance); }
        if (golden.HasOutput("upsampled")) { golden.AssertLargestClose("upsampled", AdmUNet.Enlarged(golden.Input("low_res"), x.shape[2], x.shape[3]), ForwardTolerance); }
    }

    private static void Schedule(GoldenCase golden)
    {
        // T is the folder's model's; the tables are no other part of it.
        using var run = AdmRun.OfFolder(golden.Model);
        var respacing = Respacing(golden, run.Options);
        golden.AssertEqual("timesteps", tensor(respacing.Timesteps.Select(t => (long)t).ToArray()));
        AssertTable("betas", respacing.Beta);
        AssertTable("alphas_cumprod", respacing.AlphaBar);
        AssertTable("alphas_cumprod_prev", respacing.AlphaBarBefore);
        AssertTable("posterior_variance", respacing.PosteriorVariance);
        AssertTable("posterior_log_variance_clipped", respacing.PosteriorLogVariance);
        AssertTable("posterior_mean_coef1", respacing.PosteriorOfZ0);
        AssertTable("posterior_mean_coef2", respacing.PosteriorOfZt);
        AssertTable("sqrt_recip_alphas_cumprod", respacing.AlphaBar.Select(alphaBar => Math.Sqrt(1 / alphaBar)));
        AssertTable("sqrt_recipm1_alphas_cumprod", respacing.AlphaBar.Select(alphaBar => Math.Sqrt(1 / alphaBar - 1)));

        void AssertTable(string role, IEnumerable<double> actual)
        {
            if (!golden.HasOutput(role)) { return; }
            var expected = golden.Output(role).to(ScalarType.Float64).data<double>().ToArray();
            Assert.Equal(expected.Length, actual.Count());
            Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second - pair.First, -TableTolerance * Math.Abs(pair.First), TableTolerance * Math.Abs(pair.First)));
        }
    }

    private static void Sample(GoldenCase golden)
    {
        using var run = AdmRun.OfFolder(golden.Model);
        var inputs = Inputs(golden);
        var noises = golden.Parameters.GetProperty("sampler").GetString() == "ddpm" ? golden.Input("noises") : null;
        if (golden.Parameter("eta") is { } eta) { Assert.Equal(0, eta.GetDouble()); }
        var steps = AdmRun.Steps(Respacing(golden, run.Options), golden.Input("x_T"), (z, t) => run.Network.Forward(z, t, inputs), run.Options, golden.Parameters.GetProperty("clip_denoised").GetBoolean(), noises).ToList();
        golden.AssertLargestClose("x_1_2_3", stack(steps.Take(3)), RunTolerance);
        golden.AssertLargestClose("sample", steps[^1], RunTolerance);
    }

    private static AdmRespacing Respacing(GoldenCase golden, AdmOptions options)
    {
        var kind = Enum.Parse<NoiseScheduleKind>(golden.Parameters.GetProperty("noise_schedule").GetString()!, ignoreCase: true);
        return new(NoiseSchedule.Create(new(kind, options.Steps)), golden.Parameters.GetProperty("respacing").GetString()!);
    }

    private static AdmInputs Inputs(GoldenCase golden) => new()
    {
        Labels = golden.HasInput("y") ? golden.Input("y") : null,
        LowResolution = golden.HasInput("low_res") ? golden.Input("low_res") : null,
    };
}
