using Mcdm.Core.Tests.Sampling;
using Mcdm.Families.Shared;
using Mcdm.Layers.Frozen;
using Mcdm.Diffusion.Process;
using Mcdm.Families.Adm;
using Mcdm.Weights.Reading;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>A network of guided-diffusion's family with the loops of that program: what is clipped, drawn and kept is theirs.</summary>
internal sealed class AdmRun : IDisposable
{
    private readonly FrozenWeights _weights;

    private AdmRun(string folder)
    {
        var config = JsonConfig.Read(Path.Combine(folder, AdmConfig.FileName));
        string path = Path.Combine(folder, config.Get("file", "model.pt"));
        Options = AdmConfig.Beside(path)!;
        using var file = WeightFile.Open(path);
        _weights = new FrozenWeights(file, CPU, ScalarType.Float32);
        Network = new AdmUNet(_weights, Options);
    }

    public AdmOptions Options { get; }

    public AdmUNet Network { get; }

    public static AdmRun OfFolder(string folder) => new(folder);

    /// <summary>z after each step, of a sampler that is deterministic or draws from noises given.</summary>
    /// <param name="respacing">The steps.</param>
    /// <param name="z">z_T.</param>
    /// <param name="predict">What is predicted at z and the time that a network is told.</param>
    /// <param name="options">What it predicts, and how time is told.</param>
    /// <param name="clip">Whether guesses of z_0 stay inside −1…1.</param>
    /// <param name="noises">What each step draws, [steps, batch, …]; null for DDIM with η = 0.</param>
    public static IEnumerable<Tensor> Steps(AdmRespacing respacing, Tensor z, Func<Tensor, Tensor, AdmPrediction> predict, AdmOptions options, bool clip, Tensor? noises)
    {
        for (int i = respacing.Timesteps.Count - 1; i >= 0; i--)
        {
            NoiseLevel level = LevelOf(respacing.AlphaBar[i]), before = LevelOf(respacing.AlphaBarBefore[i]);
            var output = predict(z, full(z.shape[0], (float)options.Time(respacing.Timesteps[i])));
            var z0 = options.Prediction == PredictionKind.Sample ? output.Prediction : level.Denoised(output.Prediction, z);
            if (clip) { z0 = z0.clamp(-1, 1); }
            if (noises is null)
            {
                z = before.Diffuse(z0, level.NoiseOf(z0, z));
            }
            else
            {
                var mean = respacing.PosteriorOfZ0[i] * z0 + respacing.PosteriorOfZt[i] * z;
                // Without a learned variance it is β, but at the end, where β̃ of the step before stands for it.
                var logVariance = output.Variance is { } learned ? respacing.LearnedLogVariance(i, learned) : tensor(i == 0 ? respacing.PosteriorLogVariance[0] : Math.Log(respacing.Beta[i]), ScalarType.Float32);
                z = i == 0 ? mean : mean + (0.5 * logVariance).exp() * noises[respacing.Timesteps.Count - 1 - i];
            }
            yield return z;
        }
    }

    private static NoiseLevel LevelOf(double alphaBar) => new(double.NaN, Math.Sqrt(alphaBar), Math.Sqrt(1 - alphaBar));

    public void Dispose() => _weights.Dispose();
}
