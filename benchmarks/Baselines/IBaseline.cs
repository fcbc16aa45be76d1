using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;

namespace Mcdm.Benchmarks.Baselines;

/// <summary>What the composed experts are compared with: a model that draws pictures from any subset of the three conditions.</summary>
internal interface IBaseline : IDisposable
{
    /// <summary>Trained numbers.</summary>
    long Parameters { get; }

    /// <summary>Side of its square pictures in pixels.</summary>
    int ImageSize { get; }

    /// <summary>How it was trained.</summary>
    TrainingSummary? Training { get; }

    /// <summary>Draws one picture of each entry's conditions; a picture depends on its own conditions and seed.</summary>
    /// <param name="conditions">The conditions of each picture, at most one of each modality; none for an unconditional one.</param>
    /// <param name="seeds">One seed a picture.</param>
    /// <param name="sampling">How a diffusion model samples; others have no use for it.</param>
    IReadOnlyList<Picture> Generate(IReadOnlyList<IReadOnlyList<Condition>> conditions, IReadOnlyList<long> seeds, SamplerOptions sampling);
}
