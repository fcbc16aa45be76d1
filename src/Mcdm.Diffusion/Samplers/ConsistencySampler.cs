using Mcdm.Diffusion.Process;

namespace Mcdm.Diffusion.Samplers;

/// <summary>
/// A sampler of networks that were distilled to take few steps: it visits the levels of the long run that they were distilled from, and no others.
/// </summary>
/// <param name="OriginalSteps">Steps of that run.</param>
public abstract record ConsistencySampler(int OriginalSteps) : Sampler
{
    internal override int? UsualSteps => 4;

    /// <summary>Every T/o-th level from T down, of which n are taken, evenly by their number (diffusers' LCMScheduler).</summary>
    internal sealed override IReadOnlyList<int> OwnLevels(int levels, int count, IReadOnlyList<double>? given)
    {
        if (given is not null) { return [.. given.Select(t => (int)t + 1)]; }
        int stride = levels / OriginalSteps;
        if (count < 1 || count > OriginalSteps || stride == 0)
        {
            throw new McdmException("StepsOutOfRange", ErrorKind.InvalidArgument,
                $"{count} steps of {Name} were asked for; its networks were distilled from runs of {OriginalSteps} steps over {levels} levels, "
                    + $"so 1 to {OriginalSteps} can be taken.");
        }
        return [.. Enumerable.Range(0, count).Select(i => (OriginalSteps - (int)((long)OriginalSteps * i / count)) * stride)];
    }

    internal override void Check(DiffusionProcess process)
    {
        if (OriginalSteps >= 1) { return; }
        throw new McdmException("SpacingInvalid", ErrorKind.InvalidArgument, $"{Name} needs 1 original step at least, not {OriginalSteps}.");
    }
}
