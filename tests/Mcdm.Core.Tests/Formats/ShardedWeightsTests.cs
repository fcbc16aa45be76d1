using Mcdm.Core.Tests.Formats.PyTorch;
using Mcdm.Weights;
using Mcdm.Weights.Reading;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Formats;

public sealed class ShardedWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ShardedWeightsTests()
    {
        SafeTensorsWriter.Write(_folder.File("m-1.safetensors"), [("a", ones(2)), ("b", zeros(3))]);
        SafeTensorsWriter.Write(_folder.File("m-2.safetensors"), [("c", full(1, 7f))]);
    }

    private string Index => _folder.File("m.safetensors.index.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tensors_come_from_their_shards()
    {
        Write("""{"metadata":{"total_size":24},"weight_map":{"c":"m-2.safetensors","a":"m-1.safetensors","b":"m-1.safetensors"}}""");
        using var weights = WeightFile.Open(Index);
        Assert.IsType<ShardedWeights>(weights);
        Assert.Equal(["c", "a", "b"], weights.Names);
        Assert.Equal([3], weights.Shape("b"));
        Assert.Equal(ScalarType.Float32, weights.DataType("a"));
        using var c = weights.Read("c");
        Assert.Equal(7, c.item<float>());
        Assert.Equal("WeightsUnknownTensor", Assert.Throws<McdmException>(() => weights.Read("d")).Id);
    }

    [Fact]
    public void A_shard_may_be_a_pickle_in_a_folder_below()
    {
        Directory.CreateDirectory(_folder.File("below"));
        new PickleBuilder().Dict(items => items.Text("v").Vector("0", 2)).WriteZip(_folder.File("below/m.bin"), ("0", 2));
        Write("""{"weight_map":{"a":"m-1.safetensors","v":"below/m.bin"}}""");
        using var weights = ShardedWeights.Open(Index);
        Assert.Equal([2], weights.Shape("v"));
    }

    [Theory]
    [InlineData("ShardIndexInvalid", "[]")]
    [InlineData("ShardIndexInvalid", "{")]
    [InlineData("ShardIndexInvalid", "{}")]
    [InlineData("ShardIndexInvalid", """{"weight_map":[]}""")]
    [InlineData("ShardIndexInvalid", """{"weight_map":{"a":1}}""")]
    [InlineData("ShardIndexInvalid", """{"weight_map":{"a":"m-1.safetensors","a":"m-1.safetensors"}}""")]
    [InlineData("ShardIndexInvalid", """{"weight_map":{"a":"m.safetensors.index.json"}}""")]
    [InlineData("ShardIndexInvalid", """{"weight_map":{"\ud800":"m-1.safetensors"}}""")]
    [InlineData("ShardMissing", """{"weight_map":{"a":"m-3.safetensors"}}""")]
    [InlineData("ShardOutside", """{"weight_map":{"a":""}}""")]
    [InlineData("ShardOutside", """{"weight_map":{"a":"../m-1.safetensors"}}""")]
    [InlineData("ShardOutside", """{"weight_map":{"a":"below/../../m-1.safetensors"}}""")]
    [InlineData("ShardOutside", """{"weight_map":{"a":"/etc/passwd"}}""")]
    [InlineData("ShardOutside", """{"weight_map":{"a":"..\\m-1.safetensors"}}""")]
    [InlineData("ShardTensorMissing", """{"weight_map":{"a":"m-2.safetensors"}}""")]
    public void An_index_that_lies_is_refused(string id, string json)
    {
        Write(json);
        var error = Assert.Throws<McdmException>(() => ShardedWeights.Open(Index));
        Assert.Equal(id, error.Id);
        Assert.Contains(Index, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_index_is_said() => Assert.Equal("ShardIndexNotFound", Assert.Throws<McdmException>(() => ShardedWeights.Open(Index)).Id);

    private void Write(string json) => File.WriteAllText(Index, json);
}
