using System.Text.Json;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Mcdm.Families.Shared;
using Xunit;

namespace Mcdm.Core.Tests.Formats;

public sealed class SchedulerConfigTests
{
    private static SchedulerConfig Read(string json) => SchedulerConfig.Read(JsonConfig.Of("scheduler_config.json", JsonDocument.Parse(json).RootElement));

    [Fact]
    public void Of_a_scheduler_that_is_not_here_the_levels_are_taken_and_a_note_says_whose_the_sampler_is()
    {
        var config = Read("""{"_class_name": "IPNDMScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "skip_prk_steps": true, "set_alpha_to_one": false, "steps_offset": 1, "trained_betas": null, "clip_sample": false}""");
        Assert.Equal(new ScheduleDescription(NoiseScheduleKind.ScaledLinear, 1000) { BetaStart = 0.00085, BetaEnd = 0.012 }, config.Schedule);
        Assert.Equal(PredictionKind.Noise, config.Prediction);
        Assert.Equal(new SamplerOptions
        {
            Steps = SchedulerConfig.UsualSteps,
            ClipDenoised = false,
            Spacing = new StepSpacing(SpacingKind.Leading) { Offset = 1 },
        }, config.Sampling);
        string note = Assert.Single(config.Notes);
        Assert.Contains("IPNDMScheduler", note, StringComparison.Ordinal);
        Assert.Contains("DpmSolver", note, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_have_their_own_defaults()
    {
        var ddim = Read("""{"_class_name": "DDIMScheduler", "set_alpha_to_one": false, "eta": 1}""");
        Assert.Equal(new SamplerOptions
        {
            Steps = SchedulerConfig.UsualSteps,
            Sampler = new Ddim(),
            ClipDenoised = true,
            KeepNoise = true,
            Spacing = new StepSpacing(SpacingKind.Leading) { EndsAtFirst = true },
        }, ddim.Sampling);
        var dpm = Read("""{"_class_name": "DPMSolverMultistepScheduler", "use_karras_sigmas": true, "prediction_type": "v_prediction", "set_alpha_to_one": false}""");
        Assert.Equal(new SamplerOptions
        {
            Steps = SchedulerConfig.UsualSteps,
            ClipDenoised = false,
            Spacing = new StepSpacing(SpacingKind.Linspace) { Karras = true },
        }, dpm.Sampling);
        Assert.Equal(PredictionKind.Velocity, dpm.Prediction);
        var euler = Read("""{"_class_name": "EulerAncestralDiscreteScheduler", "timestep_spacing": "trailing"}""");
        Assert.Equal(new SamplerOptions
        {
            Steps = SchedulerConfig.UsualSteps,
            Sampler = new EulerAncestral(),
            ClipDenoised = false,
            Spacing = new StepSpacing(SpacingKind.Trailing),
        }, euler.Sampling);
        Assert.All([ddim, dpm, euler], config => Assert.Empty(config.Notes));
    }

    [Fact]
    public void What_other_programs_call_their_samplers_is_obeyed()
    {
        var expected = new Dictionary<string, Sampler>
        {
            ["""{"_class_name": "PNDMScheduler", "skip_prk_steps": true}"""] = new Pndm(),
            ["""{"_class_name": "UniPCMultistepScheduler", "solver_order": 3, "solver_type": "bh1"}"""] = new UniPc(3) { PlainB = true },
            ["""{"_class_name": "DEISMultistepScheduler", "solver_type": "logrho"}"""] = new Deis(),
            ["""{"_class_name": "LMSDiscreteScheduler"}"""] = new Lms(),
            ["""{"_class_name": "KDPM2DiscreteScheduler"}"""] = new Dpm2(),
            ["""{"_class_name": "KDPM2AncestralDiscreteScheduler"}"""] = new Dpm2Ancestral(),
            ["""{"_class_name": "DPMSolverSinglestepScheduler", "solver_type": "heun"}"""] = new DpmSolver2S(true) { SecondOrderEnd = true },
            ["""{"_class_name": "DPMSolverMultistepScheduler", "solver_order": 3}"""] = new DpmSolver3(),
            ["""{"_class_name": "DPMSolverMultistepScheduler", "solver_type": "heun", "euler_at_final": true}"""] = new DpmSolver { HeunType = true, FirstOrderEnd = true },
            ["""{"_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "dpmsolver", "final_sigmas_type": "sigma_min"}"""] = new DpmSolver { FollowsNoise = true },
        };
        Assert.All(expected, pair =>
        {
            var config = Read(pair.Key);
            Assert.Equal(pair.Value, config.Sampling.Sampler);
            Assert.Empty(config.Notes);
        });
        Assert.True(Read("""{"_class_name": "EulerDiscreteScheduler", "use_beta_sigmas": true}""").Sampling.Spacing!.Beta);
    }

    [Theory]
    [InlineData("""{"_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "sde-dpmsolver"}""", "algorithm_type")]
    [InlineData("""{"_class_name": "DPMSolverMultistepScheduler", "solver_order": 4}""", "solver_order")]
    [InlineData("""{"_class_name": "DPMSolverMultistepScheduler", "solver_type": "rk4"}""", "solver_type")]
    [InlineData("""{"_class_name": "DPMSolverSinglestepScheduler", "solver_order": 3}""", "solver_order")]
    [InlineData("""{"_class_name": "EulerDiscreteScheduler", "interpolation_type": "log_linear"}""", "interpolation_type")]
    [InlineData("""{"_class_name": "UniPCMultistepScheduler", "disable_corrector": [0]}""", "disable_corrector")]
    [InlineData("""{"_class_name": "PNDMScheduler"}""", "skip_prk_steps")]
    [InlineData("""{"_class_name": "DDPMScheduler", "variance_type": "learned_range"}""", "variance_type")]
    [InlineData("""{"_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -5.1}""", "lambda_min_clipped")]
    public void What_a_sampler_does_otherwise_is_noted_by_key(string json, string key) => Assert.Contains(key, Assert.Single(Read(json).Notes), StringComparison.Ordinal);

    [Fact]
    public void Infinite_numbers_as_Python_writes_them_are_no_obstacle()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """{"_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity, "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085}""");
            var config = SchedulerConfig.Read(file);
            Assert.Equal(0.012, config.Schedule.BetaEnd);
            Assert.Empty(config.Notes);
            File.WriteAllText(file, """{"beta_start": NaN}""");
            Assert.Equal("ConfigInvalid", Assert.Throws<McdmException>(() => SchedulerConfig.Read(file)).Id);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("""{"beta_schedule": "laplace"}""", "\"laplace\"")]
    [InlineData("""{"prediction_type": "flow_prediction"}""", "\"flow_prediction\"")]
    [InlineData("""{"_class_name": "DDIMScheduler", "timestep_spacing": "random"}""", "\"random\"")]
    [InlineData("""{"_class_name": "DDIMScheduler", "clip_sample_range": 2.5}""", "\"clip_sample_range\": 2.5")]
    [InlineData("""{"rescale_betas_zero_snr": true}""", "noise")]
    [InlineData("""{"num_train_timesteps": 1000000}""", "\"num_train_timesteps\": 1000000")]
    public void What_is_not_implemented_is_refused_by_key_and_value(string json, string named)
    {
        var error = Assert.Throws<McdmException>(() => Read(json));
        Assert.Equal("ConfigUnsupported", error.Id);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"beta_end": 3}""")]
    [InlineData("""{"trained_betas": [0.1, 1, 0.2]}""")]
    [InlineData("""{"trained_betas": ["a"]}""")]
    [InlineData("""{"trained_betas": []}""")]
    public void Betas_that_are_none_are_refused(string json) => Assert.Equal("ConfigInvalid", Assert.Throws<McdmException>(() => Read(json)).Id);
}
