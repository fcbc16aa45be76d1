using System.Globalization;
using Mcdm.Diffusion.Schedules;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Sampling;

/// <summary>
/// The steps that the program guided-diffusion keeps of a schedule, and the process over them (Nichol and Dhariwal 2021): its β are those between the steps that are
/// kept. Tables are by step, from 0 = the last of a run.
/// </summary>
public sealed class AdmRespacing
{
    private const string Strided = "ddim";

    /// <param name="schedule">The schedule that a network was trained with.</param>
    /// <param name="respacing">
    /// Nothing for all steps; <c>10</c> for ten from the first to the last; <c>5,3,2</c> for a schedule in three parts and so many of each; <c>ddim10</c> for every so many, from the first.
    /// </param>
    /// <exception cref="McdmException"><c>AdmRespacing</c>: no steps can be kept so.</exception>
    public AdmRespacing(NoiseSchedule schedule, string respacing)
    {
        Timesteps = Kept(schedule.Steps, respacing);
        AlphaBar = [.. Timesteps.Select(t => schedule.AlphaBar(t + 1))];
        AlphaBarBefore = [1, .. AlphaBar.Take(AlphaBar.Count - 1)];
        var posterior = AlphaBar.Zip(AlphaBarBefore, (now, before) => NoiseSchedule.Posterior(now, before)).ToList();
        Beta = [.. posterior.Select(step => step.Beta)];
        PosteriorVariance = [.. posterior.Select(step => step.Variance)];
        PosteriorOfZ0 = [.. posterior.Select(step => step.Z0)];
        PosteriorOfZt = [.. posterior.Select(step => step.Zt)];
        // The last step's is 0 and has no logarithm; it never draws noise.
        PosteriorLogVariance = [.. PosteriorVariance.Select((variance, i) => Math.Log(i == 0 && PosteriorVariance.Count > 1 ? PosteriorVariance[1] : variance))];
    }

    /// <summary>Steps that are kept, 0…T−1, rising.</summary>
    public IReadOnlyList<int> Timesteps { get; }

    /// <summary>β between the steps that are kept.</summary>
    public IReadOnlyList<double> Beta { get; }

    /// <summary>ᾱ.</summary>
    public IReadOnlyList<double> AlphaBar { get; }

    /// <summary>ᾱ of the step that comes after in a run; 1 after the last.</summary>
    public IReadOnlyList<double> AlphaBarBefore { get; }

    /// <summary>The posterior's variance, β̃.</summary>
    public IReadOnlyList<double> PosteriorVariance { get; }

    /// <summary>log β̃, at the last step that of the one before it.</summary>
    public IReadOnlyList<double> PosteriorLogVariance { get; }

    /// <summary>By what z_0 is multiplied in the posterior's mean.</summary>
    public IReadOnlyList<double> PosteriorOfZ0 { get; }

    /// <summary>By what z_t is multiplied in the posterior's mean.</summary>
    public IReadOnlyList<double> PosteriorOfZt { get; }

    /// <summary>The log variance of a step that a network learned to place: log σ² = f log β + (1 − f) log β̃, f = (v + 1)/2 (Nichol and Dhariwal 2021, equation 15).</summary>
    /// <param name="step">The step, from 0 = the last of a run.</param>
    /// <param name="variance">v, what the network gives for it.</param>
    public Tensor LearnedLogVariance(int step, Tensor variance)
    {
        using var scope = NewDisposeScope();
        var share = (variance + 1) / 2;
        return (share * Math.Log(Beta[step]) + (1 - share) * PosteriorLogVariance[step]).MoveToOuterDisposeScope();
    }

    private static List<int> Kept(int steps, string respacing)
    {
        if (respacing.Length == 0) { return [.. Enumerable.Range(0, steps)]; }
        if (respacing.StartsWith(Strided, StringComparison.Ordinal))
        {
            int wanted = Count(respacing[Strided.Length..]), stride = Enumerable.Range(1, steps).FirstOrDefault(candidate => (steps + candidate - 1) / candidate == wanted);
            if (stride == 0) { throw Impossible($"no stride through {steps} steps gives exactly {wanted}"); }
            return [.. Enumerable.Range(0, wanted).Select(i => i * stride)];
        }
        var counts = respacing.Split(',').Select(Count).ToList();
        var kept = new List<int>();
        int start = 0;
        for (int part = 0; part < counts.Count; part++)
        {
            int size = steps / counts.Count + (part < steps % counts.Count ? 1 : 0);
            if (counts[part] > size) { throw Impossible($"a part of {size} steps cannot give {counts[part]}"); }
            double stride = counts[part] == 1 ? 1 : (size - 1.0) / (counts[part] - 1), at = 0;
            for (int i = 0; i < counts[part]; i++)
            {
                kept.Add(start + (int)Math.Round(at, MidpointRounding.ToEven));
                // Added up and not multiplied, as the original does: where it rounds shows the difference.
                at += stride;
            }
            start += size;
        }
        return kept;

        int Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= 1 ? count : throw Impossible("it is no number of steps, nor several with commas between, nor ddim and a number");

        McdmException Impossible(string why) => new("AdmRespacing", ErrorKind.InvalidArgument, $"The respacing '{respacing}' is not possible: {why}.");
    }
}
