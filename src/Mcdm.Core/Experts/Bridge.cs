using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Samplers;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>
/// Lets experts of one model steer another's sampling, whose space is not theirs: the language between spaces is the picture. At level t of the space A that
/// is sampled, x̂_u is the guess of z_0 without conditions, <c>P = D_A(x̂_u)</c> the picture and <c>Q = E_B(P)</c> what the other model, B, makes of it at
/// its own size. B sees <c>z_B = α_B Q + σ_B η</c> with fresh noise η, at a level whose log of the signal-to-noise ratio is c lower
/// (<see cref="BridgeOptions.MoreNoise"/>), corrected until its own guess without conditions is nearly Q, <c>z_B ← z_B + α_B (Q − x̂_B(z_B))</c>, and says
/// what a condition asks for, <c>δ_B = x̂_B(z_B, condition) − x̂_B(z_B)</c>. Back again,
/// <c>Δ = D_B(Q + δ_B) − D_B(Q)</c> and <c>δ_A = E_A(P + Δ) − E_A(P)</c>, which is added to x̂_u as any condition's push is. That is
/// <c>p_A(x) Π p_B(condition | x)^w</c>: B gives a likelihood and never the picture, so its size and style are not seen.
/// </summary>
/// <param name="model">B's name, which tells its noise from other models'.</param>
/// <param name="a">Between A's z_0 and pictures.</param>
/// <param name="b">Between B's z_0 and pictures.</param>
/// <param name="options">c, the end and the strength.</param>
public sealed class Bridge(string model, IPictureCodec a, IPictureCodec b, BridgeOptions options)
{
    /// <summary>Its settings.</summary>
    public BridgeOptions Options => options;

    /// <summary>The level of A from which on, downwards, B gives nothing.</summary>
    /// <param name="process">A's process.</param>
    public double EndIn(DiffusionProcess process) => process.LevelOfLambda(options.End / 2).T;

    /// <summary>Evaluations of B's ε_u a step.</summary>
    public int Evaluations => 1 + options.Corrections;

    /// <summary>Runs of autoencoders' encoders and decoders a step: both ways once for the picture, and once for what each condition asks for.</summary>
    /// <param name="conditions">How many conditions of B.</param>
    public int Codings(int conditions) => new[] { a, b }.Count(codec => codec is not PixelCodec) * (2 + conditions);

    /// <summary>What B's conditions ask for in A.</summary>
    /// <param name="denoised">x̂_u of each picture, float32 [batch, channels, height, width].</param>
    /// <param name="level">A's level.</param>
    /// <param name="seeds">The pictures' seeds.</param>
    /// <param name="unconditional">B's ε_u, at B's size.</param>
    /// <param name="terms">B's experts at that size, what each reads, and the pictures that it is asked about; null for all.</param>
    /// <returns>δ_A of each term, float32, a row for each of its pictures.</returns>
    internal IReadOnlyList<Tensor> Pushes(Tensor denoised, NoiseLevel level, IReadOnlyList<long> seeds, IExpert unconditional,
        IReadOnlyList<(IExpert Expert, ExpertInputs? Inputs, long[]? Rows)> terms)
    {
        using var scope = NewDisposeScope();
        var space = unconditional.Space;
        var pictures = a.Decode(denoised);
        var seen = b.Encode(Resized(pictures, space.PictureHeight, space.PictureWidth));
        var there = space.Process.LevelOfLambda(level.Lambda - options.MoreNoise / 2);
        using var noise = new NoiseSource([.. seeds.Select(seed => Seeds.OfBridge(seed, model, level.T))], seen.shape[1..], seen.device);
        var z = there.Diffuse(seen, noise.Next());
        var nothing = unconditional.Unconditioned();
        for (int i = 0; i < options.Corrections; i++)
        {
            z += there.Alpha * (seen - space.Prediction.Denoised(unconditional.Predict(z, there, nothing), z, there));
        }
        var asked = terms.Select(term => new ExpertRows(term.Expert, Rows(z, term.Rows), term.Inputs)).ToList();
        asked.Add(new ExpertRows(unconditional, z, nothing));
        var guesses = ExpertRows.Predict(asked, there).Zip(asked, (prediction, rows) => space.Prediction.Denoised(prediction, rows.Z, there)).ToList();
        var (seenAgain, here) = (b.Decode(seen), a.Encode(pictures));
        return terms.Select((term, i) => Back(guesses[i] - Rows(guesses[^1], term.Rows), term.Rows).MoveToOuterDisposeScope()).ToList();

        Tensor Back(Tensor asks, long[]? rows)
        {
            var change = b.Decode(Rows(seen, rows) + asks) - Rows(seenAgain, rows);
            var picture = Rows(pictures, rows);
            return a.Encode(picture + Resized(change, (int)picture.shape[2], (int)picture.shape[3])) - Rows(here, rows);
        }
    }

    private static Tensor Rows(Tensor batch, long[]? rows) => rows is null ? batch : batch.index_select(0, tensor(rows, device: batch.device));

    /// <summary>Smaller by the mean of areas, larger by lines between points.</summary>
    internal static Tensor Resized(Tensor pictures, int height, int width) => (pictures.shape[2], pictures.shape[3]) == (height, width) ? pictures
        : height * width < pictures.shape[2] * pictures.shape[3] ? nn.functional.adaptive_avg_pool2d(pictures, [height, width])
        : nn.functional.interpolate(pictures, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
}
