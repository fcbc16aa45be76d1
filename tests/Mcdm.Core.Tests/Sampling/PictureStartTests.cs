using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using Mcdm.Diffusion.Schedules;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Sampling;

/// <summary>Runs from pictures, on data that are known.</summary>
public sealed class PictureStartTests
{
    private const double Mean = 0.2, Deviation = 0.3;
    private static readonly VariancePreserving Process = new(NoiseScheduleKind.Cosine, 1000);

    /// <summary>Pictures of 2,000 independent pixels.</summary>
    private static Tensor Run(PictureStart? picture, SamplerOptions options, Action<SamplingStep>? onStep = null)
    {
        using var noise = new NoiseSource([11], [1, 2, 1000]);
        return Sampler.Sample(new GaussianExpert(Mean, Deviation).Predict, Process, noise.Next, options with { ClipDenoised = false },
            onStep, picture: picture);
    }

    /// <summary>1 in the first row of pixels, 0 in the second.</summary>
    private static Tensor FirstRow() => cat([ones(1, 1, 1, 1000), zeros(1, 1, 1, 1000)], 2);

    /// <summary>Those that follow the process: distilled networks guess its end, which an exact expert does not.</summary>
    public static TheoryData<Sampler> Samplers => [.. SamplerRegistry.All.Where(sampler => sampler is not ConsistencySampler)];

    [Theory]
    [InlineData(0.1, 2)]
    [InlineData(0.5, 10)]
    [InlineData(1, 20)]
    [InlineData(0.001, 1)]
    public void The_strength_is_the_share_of_steps_that_are_taken(double strength, int taken)
    {
        using var scope = NewDisposeScope();
        var steps = new List<(int, int)>();
        Run(new PictureStart(zeros(1, 1, 2, 1000), strength), new SamplerOptions { Steps = 20 }, step => steps.Add((step.Step, step.Steps)));
        Assert.Equal(Enumerable.Range(1, taken).Select(step => (step, taken)), steps);
    }

    [Fact]
    public void A_run_begins_at_the_pictures_with_the_levels_noise()
    {
        // DDIM without noise is linear for these data, so the picture's part of the result is known: it moves towards the mean as each step does.
        using var scope = NewDisposeScope();
        var options = new SamplerOptions { Sampler = new Ddim(), Steps = 10 };
        var difference = Run(new PictureStart(full([1, 1, 2, 1000], 1f), 0.3), options) - Run(new PictureStart(zeros(1, 1, 2, 1000), 0.3), options);
        double part = Math.Sqrt(Process.Table.AlphaBar(300));
        foreach (var (t, s) in new[] { (300, 200), (200, 100), (100, 0) })
        {
            double a = Process.Table.AlphaBar(t), b = Process.Table.AlphaBar(s), noise = Math.Sqrt(1 - a) / (a * Deviation * Deviation + 1 - a);
            part *= Math.Sqrt(b) * (1 - Math.Sqrt(1 - a) * noise) / Math.Sqrt(a) + Math.Sqrt(1 - b) * noise;
        }
        Assert.InRange((difference - part).abs().max().ToDouble(), 0, 1e-5);
        Assert.InRange(part, 0.3, 1); // with three tenths of the steps, most of the picture stays
    }

    [Fact]
    public void At_full_strength_the_pictures_leave_no_trace() =>
        Assert.InRange((Run(new PictureStart(full([1, 1, 2, 1000], 0.9f)), new SamplerOptions { Steps = 50 }) - Run(null, new SamplerOptions { Steps = 50 })).abs().max().ToDouble(), 0, 0.01);

    [Theory]
    [MemberData(nameof(Samplers))]
    public void What_the_mask_leaves_is_kept_and_the_rest_is_the_datas(Sampler sampler)
    {
        using var scope = NewDisposeScope();
        var kept = full([1, 1, 2, 1000], -0.7f);
        double largest = 0;
        var z = Run(new PictureStart(kept, 1, FirstRow()), new SamplerOptions { Sampler = sampler, Steps = 200, LangevinSteps = 1 },
            step => largest = Math.Max(largest, (step.Denoised[0, 0, 1] + 0.7).abs().max().ToDouble()));
        Assert.InRange((z[0, 0, 1] + 0.7).abs().max().ToDouble(), 0, 1e-6);
        Assert.InRange(largest, 0, 1e-6); // guesses show it too
        Assert.InRange(z[0, 0, 0].mean().ToDouble(), Mean - 0.03, Mean + 0.03);
        Assert.InRange(z[0, 0, 0].std().ToDouble(), Deviation - 0.05, Deviation + 0.05);
    }

    [Fact]
    public void The_kept_part_lies_at_every_level_where_its_own_noise_puts_it()
    {
        using var scope = NewDisposeScope();
        using var noise = new NoiseSource([11], [1, 2, 1000]);
        using var again = new NoiseSource([11], [1, 2, 1000]);
        Tensor own = again.Next(), kept = full([1, 1, 2, 1000], 0.4f);
        var expert = new GaussianExpert(Mean, Deviation);
        Sampler.Sample((z, level) =>
        {
            Assert.InRange((z - level.Alpha * kept - level.Sigma * own)[0, 0, 1].abs().max().ToDouble(), 0, 1e-5);
            return expert.Predict(z, level);
        }, Process, noise.Next, new SamplerOptions { Sampler = new Ddpm(), Steps = 10, ClipDenoised = false },
            picture: new PictureStart(kept, 0.8, FirstRow()));
        Assert.Equal(8, expert.Calls);
    }

    [Fact]
    public void A_run_from_a_picture_leaves_no_tensor_behind() => Assert.Equal(0, LiveTensors.LeftBy(() =>
    {
        using var scope = NewDisposeScope();
        Run(new PictureStart(zeros(1, 1, 2, 1000), 0.5, FirstRow()), new SamplerOptions { Steps = 6, LangevinSteps = 1 });
    }));

    [Theory]
    [InlineData(0)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_strength_out_of_range_is_refused(double strength) =>
        Assert.Equal("StrengthOutOfRange", Assert.Throws<McdmException>(() => Run(new PictureStart(zeros(1, 1, 2, 1000), strength), new SamplerOptions())).Id);
}
