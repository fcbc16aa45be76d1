using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Networks that read the guidance that they act under: unet-guided.</summary>
internal sealed class GuidedKinds : IGoldenKind
{
    /// <summary>The sine of an argument of 7,000 in float32 is right to 3e-4.</summary>
    private const double Tolerance = 5e-4, EmbeddingTolerance = 2e-3;

    public IReadOnlyList<string> Kinds => ["unet-guided"];

    public void Check(GoldenCase golden)
    {
        using var networks = GoldenNetworks.Of(golden);
        var network = networks.UNet();
        var guidance = tensor(new[] { (float)golden.Parameters.GetProperty("guidance").GetDouble() });
        var embedding = golden.Output("embedding");
        Assert.InRange((network.OfGuidance(guidance).reshape(embedding.shape) - embedding).abs().max().item<float>(), 0, EmbeddingTolerance);
        golden.AssertClose("output", network.Forward(golden.Input("sample"), DiffusersKinds.Time(golden), golden.Input("context"), guidance: guidance), Tolerance);
    }
}
