using Mcdm.Diffusion.Composition;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Whole runs with ControlNets as diffusers has them: the combiner Residual.</summary>
internal sealed class ControlRunKinds : IGoldenKind
{
    private const double Tolerance = 5e-4;

    public IReadOnlyList<string> Kinds => ["run-control"];

    public void Check(GoldenCase golden)
    {
        if (ControlHabits.Has(golden))
        {
            ControlHabits.Check(golden);
            return;
        }
        using var run = new GoldenRun(golden);
        run.Check(run.PipelineConditions(), new Residual(), Tolerance);
    }
}
