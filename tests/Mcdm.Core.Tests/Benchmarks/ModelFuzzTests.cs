using Mcdm.Benchmarks.Fuzz;
using Mcdm.Core.Tests.Checkpoints;
using Xunit;

namespace Mcdm.Core.Tests.Benchmarks;

/// <summary>A few hundred of the damaged files that the benchmark reads by the thousand.</summary>
public sealed class ModelFuzzTests
{
    private const int Files = 400, Seed = 20;

    [SharedFact]
    public void A_damaged_model_file_is_read_or_refused_with_a_clear_error()
    {
        var seeds = ModelSeeds.Below(Checkout.Shared("checkpoints"));
        using var fuzz = new ModelFuzz(seeds, Seed);
        var failures = new List<string>();
        fuzz.Run(Files, (name, _, problem) => failures.Add($"{name}: {problem}"));
        Assert.Empty(failures);
        Assert.All(fuzz.Formats.Values, outcome => Assert.NotEmpty(outcome.Refused));
    }
}
