using Mcdm.Diffusion.Process;
using static TorchSharp.torch;

namespace Mcdm.Diffusion.Samplers;

/// <summary>What was guessed at a level of a run, and where: z_t, z_0 and ε, of one shape.</summary>
internal sealed record SamplingGuess(Tensor Z, Tensor Z0, Tensor Epsilon, NoiseLevel Level) : IDisposable
{
    /// <summary>Each tensor changed alike; disposes of these.</summary>
    public SamplingGuess Change(Func<Tensor, Tensor> change)
    {
        var changed = this with { Z = change(Z), Z0 = change(Z0), Epsilon = change(Epsilon) };
        Dispose();
        return changed;
    }

    /// <summary>Keeps the tensors beyond the dispose scope that is open.</summary>
    public SamplingGuess MoveToOuterDisposeScope() =>
        new(Z.MoveToOuterDisposeScope(), Z0.MoveToOuterDisposeScope(), Epsilon.MoveToOuterDisposeScope(), Level);

    /// <summary>Disposes of the tensors.</summary>
    public void Dispose()
    {
        Z.Dispose();
        Z0.Dispose();
        Epsilon.Dispose();
    }
}
