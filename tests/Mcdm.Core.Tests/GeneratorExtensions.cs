using Mcdm.Sampling;

namespace Mcdm.Core.Tests;

/// <summary>One request at a time.</summary>
internal static class GeneratorExtensions
{
    /// <summary>What a request would cost.</summary>
    public static GenerationCost Estimate(this ImageGenerator generator, GenerationRequest request)
    {
        using var prepared = generator.Prepare(request);
        return prepared.Cost;
    }

    /// <summary>The pictures of one request, which is checked at once and sampled as they are taken.</summary>
    public static IEnumerable<McdmImage> Generate(this ImageGenerator generator, GenerationRequest request, CancellationToken cancellation = default)
    {
        var prepared = generator.Prepare(request);
        return Generated();

        IEnumerable<McdmImage> Generated()
        {
            try
            {
                generator.Add(prepared);
                foreach (var image in generator.Sample(rest: true, cancellation).SelectMany(batch => batch.Images)) { yield return image; }
            }
            finally
            {
                generator.Dispose();
            }
        }
    }
}
