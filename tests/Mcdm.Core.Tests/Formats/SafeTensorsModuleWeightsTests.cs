using Mcdm.Weights;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Formats;

public sealed class SafeTensorsModuleWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_lose_the_underscores_of_fields()
    {
        using var net = new Net(3);
        Assert.Equal(["count", "input.bias", "input.weight", "layers.0.bias", "layers.0.weight", "layers.1.bias", "layers.1.weight"],
            ModuleWeights.Of(net).Select(item => item.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("net.")]
    public void A_network_comes_back(string prefix)
    {
        using var scope = NewDisposeScope();
        using var from = new Net(3);
        using var to = new Net(3);
        var tensors = ModuleWeights.Of(from).Select(item => (prefix + item.Name, item.Tensor));
        using var file = Written(prefix.Length == 0 ? tensors : tensors.Append(("other", ones(1))));
        ModuleWeights.Load(to, file, prefix);
        foreach (var ((_, expected), (_, actual)) in ModuleWeights.Of(from).Zip(ModuleWeights.Of(to))) { Assert.True(expected.Equals(actual)); }
        Assert.All(to.parameters(), parameter => Assert.True(parameter.requires_grad && parameter.is_leaf));
    }

    [Fact]
    public void Loading_converts_types_and_keeps_the_layout()
    {
        using var scope = NewDisposeScope();
        using var from = new Net(3);
        using var to = new Net(3, channelsLast: true);
        var strides = to.Input.weight!.stride();
        using var file = Written(ModuleWeights.Of(from).Select(item =>
            (item.Name, item.Tensor.is_floating_point() ? item.Tensor.to(ScalarType.BFloat16) : item.Tensor)));
        ModuleWeights.Load(to, file);
        Assert.Equal(strides, to.Input.weight!.stride());
        Assert.Equal(ScalarType.Float32, to.Input.weight.dtype);
        Assert.True(from.Input.weight!.to(ScalarType.BFloat16).to(ScalarType.Float32).Equals(to.Input.weight));
    }

    [Fact]
    public void Channels_last_weights_are_written_in_the_usual_order()
    {
        using var scope = NewDisposeScope();
        using var net = new Net(3, channelsLast: true);
        using var file = Written(ModuleWeights.Of(net));
        Assert.True(net.Input.weight!.Equals(file.Read("input.weight")));
    }

    [Fact]
    public void Strict_loading_names_what_is_missing()
    {
        var error = Fails("WeightsMissing", items => items.Where(item => !item.Name.StartsWith("layers.1", StringComparison.Ordinal)));
        Assert.Contains("'layers.1.weight'", error.Message, StringComparison.Ordinal);
        Assert.Contains("and 1 more", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Strict_loading_names_what_is_unexpected()
    {
        var error = Fails("WeightsUnexpected", items => items.Append(("extra", ones(2, 3))));
        Assert.Contains("'extra' of shape [2, 3]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Strict_loading_names_both_shapes()
    {
        var error = Fails("WeightsShape", items => items.Select(item => item.Name == "layers.0.weight" ? (item.Name, ones(4, 5)) : item));
        Assert.Contains("'layers.0.weight'", error.Message, StringComparison.Ordinal);
        Assert.Contains("[4, 5]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[4, 4]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Strict_loading_cuts_no_fractions() =>
        Fails("WeightsType", items => items.Select(item => item.Name == "count" ? (item.Name, ones(2)) : item));

    [Fact]
    public void Strict_loading_with_a_wrong_prefix_finds_nothing() => Fails("WeightsMissing", items => items, "net.");

    private McdmException Fails(string id, Func<IEnumerable<(string Name, Tensor Tensor)>, IEnumerable<(string, Tensor)>> spoil, string prefix = "")
    {
        using var scope = NewDisposeScope();
        using var from = new Net(3);
        using var to = new Net(3);
        using var file = Written(spoil(ModuleWeights.Of(from)));
        var before = ModuleWeights.Of(to).Select(item => item.Tensor.detach().clone()).ToList();
        var error = Assert.Throws<McdmException>(() => ModuleWeights.Load(to, file, prefix));
        Assert.Equal(id, error.Id);
        Assert.Contains(file.Path, error.Message, StringComparison.Ordinal);
        Assert.All(before.Zip(ModuleWeights.Of(to)), pair => Assert.True(pair.First.Equals(pair.Second.Tensor)));
        return error;
    }

    private SafeTensorsFile Written(IEnumerable<(string, Tensor)> tensors)
    {
        SafeTensorsWriter.Write(_folder.File("x.safetensors"), tensors);
        return SafeTensorsFile.Open(_folder.File("x.safetensors"));
    }

    private sealed class Net : nn.Module
    {
        private readonly Conv2d _input;
        private readonly ModuleList<Linear> _layers;

        public Net(int inputs, bool channelsLast = false) : base(nameof(Net))
        {
            _input = nn.Conv2d(inputs, 4, 3);
            _layers = nn.ModuleList(nn.Linear(4, 4), nn.Linear(4, 4));
            register_buffer("_count", tensor(new long[] { 1, 2 }));
            if (channelsLast)
            {
                using var old = _input.weight!;
                using var _ = no_grad();
                _input.weight = new Parameter(old.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).DetachFromDisposeScope());
            }
            RegisterComponents();
        }

        public Conv2d Input => _input;

        public ModuleList<Linear> Layers => _layers;
    }
}
