using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Prompts;

/// <summary>Pictures that go through the networks together.</summary>
internal static class BatchRows
{
    /// <summary>Each composition's picture is predicted in a batch as alone.</summary>
    /// <returns>z of the batch, the level and what was predicted.</returns>
    public static (Tensor Z, NoiseLevel Level, Tensor Predicted) AssertAsAlone(IReadOnlyList<Composition> each, DiffusionProcess process, Combiner? combiner = null)
    {
        combiner ??= new Product();
        var (z, level) = (TinyPrompts.Z(each.Count), process.Level(500));
        using var together = new Composer(each);
        using var all = new ComposedPredictor(together.Predict, combiner.RuleOf([]));
        var batch = all.Predict(z, level).Value;
        for (int i = 0; i < each.Count; i++)
        {
            using var alone = new Composer([each[i]]);
            using var predictor = new ComposedPredictor(alone.Predict, combiner.RuleOf([]));
            Assert.True(predictor.Predict(z.narrow(0, i, 1), level).Value.allclose(batch.narrow(0, i, 1), 1e-3, 1e-5), $"{combiner.Name} {i}");
        }
        return (z, level, batch);
    }
}
