using Mcdm.Families.Own.Experts;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Peers;

/// <summary>The convolutions of a network one after the other, in its arithmetic, their weights packed at every call: what nothing that calls libtorch's could be under but for the packing. Its tensors are those of the scope that it is made in.</summary>
internal sealed class ConvolutionsAlone
{
    private readonly List<(Tensor Input, Tensor Weight, Tensor Bias)> _convolutions = [];

    /// <param name="expert">Whose network.</param>
    /// <param name="rows">Pictures together.</param>
    public ConvolutionsAlone(TrainedExpert expert, int rows)
    {
        var options = expert.Options;
        var weights = ModuleWeights.Of(expert.Network).ToDictionary(weight => weight.Name, weight => weight.Tensor);
        foreach (var (name, weight) in weights.Where(pair => pair.Value.dim() == 4))
        {
            long side = (expert.Space.Height / options.PatchSize) >> LevelOf(name, options.Channels.Count - 1);
            using var scope = NewDisposeScope();
            var input = randn([rows, side, side, weight.shape[1]]).to(weight.dtype).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
            _convolutions.Add((input, weight, weights[$"{name[..^".weight".Length]}.bias"]));
        }
    }

    public void Run()
    {
        foreach (var (input, weight, bias) in _convolutions)
        {
            using var output = nn.functional.conv2d(input, weight, bias, padding: [weight.shape[2] / 2, weight.shape[3] / 2]);
        }
    }

    /// <summary>How often a layer's input is halved: <c>down.LEVEL</c>, <c>up.LEVEL</c>, <c>middle</c>, and <c>widen.NUMBER</c> and <c>narrow.NUMBER</c>, which lie one below.</summary>
    private static int LevelOf(string name, int deepest)
    {
        string[] parts = name.Split('.');
        return parts[0] switch { "middle" => deepest, "down" or "up" => int.Parse(parts[1]), "widen" or "narrow" => int.Parse(parts[1]) + 1, _ => 0 };
    }
}
