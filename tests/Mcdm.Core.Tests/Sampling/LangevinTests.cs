using Mcdm.Core.Tests.Compositions;
using Mcdm.Core.Tests.Imaging;
using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Sampling;

/// <summary>Langevin steps against variances that are known: between two steps of a Gaussian process everything is linear.</summary>
public sealed class LangevinTests
{
    private const double A = 0.34, StepSize = 0.1;
    private const int Samples = 40_000;
    private static readonly DiffusionProcess Process = GaussianExpert.DefaultSpace.Process;
    private static readonly NoiseSchedule Schedule = NoiseSchedule.Create(new(NoiseScheduleKind.Cosine, 1000));

    private static (double Mean, double Variance) Sample(NoisePredictor predictor, SamplerOptions options)
    {
        using var noise = new NoiseSource([3], [1, 1, Samples]);
        using var z = Sampler.Sample(predictor, Process, noise.Next, options with { ClipDenoised = false });
        using var scope = NewDisposeScope();
        return (z.mean().ToDouble(), z.var().ToDouble());
    }

    /// <summary>The variance after every step of a process with score −g z, where g is the precision of two experts over one.</summary>
    private static double Expected(SamplerOptions options)
    {
        double variance = 1;
        foreach (var (t, s) in Process.Respace(options.Steps).Zip(Process.Respace(options.Steps).Skip(1)))
        {
            double at = Schedule.AlphaBar(t), to = Schedule.AlphaBar(s), alpha = at / to, beta = 1 - alpha;
            double Precision(double alphaBar) => 2 / (alphaBar * A + 1 - alphaBar) - 1;
            double x0 = (1 - (1 - at) * Precision(at)) / Math.Sqrt(at), epsilon = Math.Sqrt(1 - at) * Precision(at);
            variance = options.Sampler is Ddpm
                ? Math.Pow(Math.Sqrt(to) * beta / (1 - at) * x0 + Math.Sqrt(alpha) * (1 - to) / (1 - at), 2) * variance + beta * (1 - to) / (1 - at)
                : Math.Pow(Math.Sqrt(to) * x0 + Math.Sqrt(1 - to) * epsilon, 2) * variance;
            double size = StepSize * (1 - to);
            for (int k = 0; k < options.LangevinSteps && s > 0; k++) { variance = Math.Pow(1 - size * Precision(to), 2) * variance + 2 * size; }
        }
        return variance;
    }

    [Theory]
    [InlineData("Ddpm", 200, 5, 0.195)]
    [InlineData("Ddpm", 200, 1, 0.1845)]
    [InlineData("Ddim", 200, 5, 0.197)]
    [InlineData("DpmSolver", 200, 5, 0.197)]
    [InlineData("Ddim", 25, 2, 0.1496)]
    public void The_variance_of_a_composition_ends_where_the_recursion_does(string sampler, int steps, int langevinSteps, double variance)
    {
        var options = new SamplerOptions { Sampler = Sampler.Parse(sampler), Steps = steps, LangevinSteps = langevinSteps };
        Assert.Equal(variance, Expected(options), 0.0005);
        using var composer = new Composer(
            [new GaussianExpert(0, 1), new GaussianExpert(0, Math.Sqrt(A), Modality.Text), new GaussianExpert(0, Math.Sqrt(A), Modality.Sketch)],
            [Condition.FromText("a"), Condition.FromSketch(Pictures.Filled(1, 1, PictureColor.White))]);
        Assert.InRange(Sample(composer.Product(), options).Variance, 0.97 * variance, 1.03 * variance);
    }

    [Theory]
    [InlineData("Ddpm")]
    [InlineData("Ddim")]
    [InlineData("DpmSolver")]
    public void What_is_right_already_stays_right(string sampler)
    {
        var (mean, variance) = Sample(new GaussianExpert(0.3, 0.5).Predict,
            new SamplerOptions { Sampler = Sampler.Parse(sampler), Steps = 250, LangevinSteps = 2 });
        Assert.InRange(mean, 0.28, 0.32);
        Assert.InRange(variance, 0.96 * 0.25, 1.04 * 0.25);
    }

    [Theory]
    [InlineData("Ddpm")]
    [InlineData("DpmSolver")]
    public void They_cost_an_evaluation_each_at_every_level_but_the_last(string sampler)
    {
        var expert = new GaussianExpert(0, 1);
        using var noise = new NoiseSource([1], [1, 1, 1]);
        using var z = Sampler.Sample(expert.Predict, Process, noise.Next,
            new SamplerOptions { Sampler = Sampler.Parse(sampler), Steps = 6, LangevinSteps = 3 });
        Assert.Equal(6 + 3 * 5, expert.Calls);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1001)]
    public void Numbers_out_of_range_are_refused(int langevinSteps) =>
        Assert.Equal("LangevinStepsOutOfRange", Assert.Throws<McdmException>(() => new SamplerOptions { LangevinSteps = langevinSteps }.Check(Process)).Id);
}
