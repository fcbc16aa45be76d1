using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Modalities;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Bias;

/// <summary>What one expert is told of a picture: some linear functions of its pixels, with noise of their own or none.</summary>
/// <param name="Functions">Float64 [functions, pixels].</param>
/// <param name="Noise">Deviation of the noise of each.</param>
internal sealed record Measured(Tensor Functions, double Noise);

/// <summary>
/// Pictures of a normal distribution, of which experts are told linear functions, so that the true posterior is known: the one in which functions without noise count
/// once however often they are told, and noisy ones as often as they were measured.
/// </summary>
internal sealed class FieldProblem
{
    private const long PictureSeed = 5, NoiseSeed = 77;
    private readonly Tensor _mean, _covariance;

    private FieldProblem(string name, int height, int width, double reach, params Measured[] told)
    {
        Name = name;
        int pixels = height * width;
        var prior = Covariance(height, width, reach);
        using var generator = new Generator((ulong)PictureSeed);
        var picture = linalg.cholesky(prior).matmul(randn([pixels], ScalarType.Float64, generator: generator));
        using var noise = new Generator((ulong)NoiseSeed);
        var seen = told.Select(measured => measured.Functions.matmul(picture) + measured.Noise * randn([measured.Functions.shape[0]], ScalarType.Float64, generator: noise)).ToList();
        // A function without noise has one value, told twice too.
        var alike = told.Select(measured => told.ToList().FindIndex(other => ReferenceEquals(other, measured))).ToArray();
        for (int i = 0; i < told.Length; i++)
        {
            if (told[i].Noise == 0) { seen[i] = seen[alike[i]]; }
        }
        FieldExpert Expert(int i)
        {
            var (mean, covariance) = Posterior(prior, [told[i]], [seen[i]]);
            return new FieldExpert($"e{i}", Modality.Text, height, width, mean, covariance);
        }
        Experts = [new FieldExpert(VarianceTable.Unconditional, null, height, width, zeros([pixels], ScalarType.Float64), prior), .. Enumerable.Range(0, told.Length).Select(Expert)];
        var counted = Enumerable.Range(0, told.Length).Where(i => told[i].Noise > 0 || alike[i] == i).ToList();
        (_mean, _covariance) = Posterior(prior, counted.ConvertAll(i => told[i]), counted.ConvertAll(i => seen[i]));
    }

    public string Name { get; }

    public IReadOnlyList<FieldExpert> Experts { get; }

    public IReadOnlyList<Condition> Conditions => [.. Experts.Skip(1).Select(expert => Condition.FromText("told").For(expert.Name))];

    public static IReadOnlyList<FieldProblem> All()
    {
        var pixel = eye(1, dtype: ScalarType.Float64);
        Measured noisy = new(pixel, Math.Sqrt(0.34 / 0.66)), weak = new(pixel, 1), strong = new(pixel, 0.2);
        Measured across = new(Across(4, 6), 0), means = new(Means(4, 6), 0), roughly = new(Across(4, 6), 0.5);
        return
        [
            new("1-D, measured twice, with noise", 1, 1, 1, noisy, noisy with { }),
            new("1-D, three of the same, with noise", 1, 1, 1, noisy, noisy with { }, noisy with { }),
            new("1-D, strong and weak, with noise", 1, 1, 1, strong, weak),
            new("24 pixels, differences twice, without noise", 4, 6, 2, across, across),
            new("24 pixels, three times differences, without noise", 4, 6, 2, across, across, across),
            new("24 pixels, differences and means, without noise", 4, 6, 2, across, means),
            new("24 pixels, differences, means, and both again", 4, 6, 2, across, means, across, means),
            new("24 pixels, differences twice, with noise", 4, 6, 2, roughly, roughly with { }),
        ];
    }

    /// <summary>The rule that weighs the experts by what they leave open, exactly.</summary>
    public Combiner Precise() => new Precision().Prepared(Table(), [.. Experts.Skip(1).Select(expert => expert.Name)], null, Experts[0].Space.Height, Experts[0].Space.Width);

    /// <summary>What comes of a rule, by DDIM.</summary>
    /// <returns>As of <see cref="Errors(Tensor)"/>.</returns>
    public (double Bias, double Spread) Errors(Combiner combiner, int samples, int steps, long seed)
    {
        using var scope = NewDisposeScope();
        var space = Experts[0].Space;
        using var composition = new Composition(Experts, Conditions, combiner: combiner);
        using var composer = new Composer([composition]);
        using var predictor = new ComposedPredictor(composer.Predict, combiner.RuleOf([]));
        using var generator = new Generator((ulong)seed);
        long[] shape = [samples, 1, space.Height, space.Width];
        var z = Sampler.Sample(predictor.Predict, space.Process, () => randn(shape, generator: generator),
            new SamplerOptions { Sampler = new Ddim(), Steps = steps, ClipDenoised = false });
        return Errors(z.flatten(1).to(ScalarType.Float64));
    }

    /// <summary>What the experts leave open, exactly: variances of each Haar band at many levels.</summary>
    private VarianceTable Table()
    {
        using var scope = NewDisposeScope();
        var space = Experts[0].Space;
        int scales = HaarBands.ScalesOf(space.Height, space.Width), pixels = space.Height * space.Width;
        var bands = HaarBands.Split(eye(pixels, dtype: ScalarType.Float64).reshape(pixels, 1, space.Height, space.Width), scales).ConvertAll(band => band.flatten(1));
        var levels = Enumerable.Range(1, 60).Select(i => space.Process.Level(i * space.Process.Steps / 60)).Where(level => level.Alpha > 0).OrderBy(level => level.Lambda).ToList();
        IReadOnlyList<BandVariances> Of(FieldExpert expert) => levels.ConvertAll(level =>
        {
            var open = expert.Open(level);
            return new BandVariances(level.Lambda, bands.ConvertAll(band => Math.Max(1e-12, band.t().matmul(open).matmul(band).diagonal().mean().ToDouble())));
        });
        return new VarianceTable { Experts = Experts.ToDictionary(expert => expert.Name, Of), Pictures = Experts.ToDictionary(expert => expert.Name, _ => 0) };
    }

    /// <summary>How far samples are from the true posterior: root mean square of the means' errors, and the variance of all pixels as a share of the true one.</summary>
    /// <param name="samples">Float64 [count, pixels].</param>
    private (double Bias, double Spread) Errors(Tensor samples)
    {
        using var scope = NewDisposeScope();
        var spread = samples.var(0).sum().ToDouble() / _covariance.diagonal().sum().ToDouble();
        return ((samples.mean([0L]) - _mean).square().mean().sqrt().ToDouble(), spread);
    }

    /// <summary>Neighbours are alike: exp(−distance²/2 reach²), and a little of each pixel's own.</summary>
    private static Tensor Covariance(int height, int width, double reach)
    {
        var (y, x) = (arange(height, ScalarType.Float64).repeat_interleave(width), arange(width, ScalarType.Float64).repeat(height));
        var squares = (y.unsqueeze(0) - y.unsqueeze(1)).square() + (x.unsqueeze(0) - x.unsqueeze(1)).square();
        return 0.9 * (squares / (-2 * reach * reach)).exp() + 0.1 * eye(height * width, dtype: ScalarType.Float64);
    }

    /// <summary>Differences of neighbours in a row.</summary>
    private static Tensor Across(int height, int width)
    {
        var pixels = eye(height * width, dtype: ScalarType.Float64).reshape(-1, height, width);
        return (pixels[.., .., 1..] - pixels[.., .., ..^1]).flatten(1).t();
    }

    /// <summary>Means of blocks of 2×2.</summary>
    private static Tensor Means(int height, int width) =>
        nn.functional.avg_pool2d(eye(height * width, dtype: ScalarType.Float64).reshape(-1, 1, height, width), 2).flatten(1).t();

    private static (Tensor Mean, Tensor Covariance) Posterior(Tensor prior, IReadOnlyList<Measured> told, IReadOnlyList<Tensor> seen)
    {
        var functions = cat([.. told.Select(measured => measured.Functions)]);
        var noise = cat([.. told.Select(measured => full([measured.Functions.shape[0]], measured.Noise * measured.Noise, ScalarType.Float64))]);
        var both = functions.matmul(prior).matmul(functions.t()) + diag(noise);
        // Functions without noise may say the same in part: the pseudo-inverse counts that once.
        var gain = prior.matmul(functions.t()).matmul(linalg.pinv(both, 1e-10, hermitian: true));
        return (gain.matmul(cat([.. seen])), prior - gain.matmul(functions).matmul(prior));
    }
}
