using System.Text;
using Mcdm.Core.Tests.Formats.PyTorch;
using Mcdm.Weights;
using Mcdm.Weights.PyTorch;
using Mcdm.Weights.Reading;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Formats;

public sealed class WeightFileTests : IDisposable
{
    private const string Pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_format_is_told_by_content_and_not_by_name()
    {
        SafeTensorsWriter.Write(_folder.File("a.bin"), [("w", ones(2))]);
        using (var weights = WeightFile.Open(_folder.File("a.bin"))) { Assert.IsType<SafeTensorsFile>(weights); }
        var pickle = new PickleBuilder().Dict(items => items.Text("v").Vector("0", 2));
        foreach (var write in new Action<string, (string, int)[]>[] { pickle.WriteZip, pickle.WriteLegacy })
        {
            write(_folder.File("b.safetensors"), [("0", 2)]);
            using var weights = WeightFile.Open(_folder.File("b.safetensors"));
            Assert.IsType<PyTorchFile>(weights);
        }
    }

    [Theory]
    [InlineData("", "WeightsEmpty")]
    [InlineData(Pointer, "WeightsLfsPointer")]
    [InlineData("\n <!DOCTYPE html><html>Sign in</html>", "WeightsWebPage")]
    [InlineData("<html><body>404", "WeightsWebPage")]
    [InlineData("<?xml version='1.0'?><Error>", "WeightsWebPage")]
    [InlineData("Entry not found", "WeightsText")]
    [InlineData("{\"error\": \"gated\"}", "WeightsText")]
    public void What_is_no_weights_file_is_said_in_the_same_words_by_every_reader(string content, string id)
    {
        string path = _folder.File("model.pt");
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(content));
        var errors = new Func<IDisposable>[] { () => WeightFile.Open(path), () => SafeTensorsFile.Open(path), () => PyTorchFile.Open(path) }.Select(open => Assert.Throws<McdmException>(open)).ToList();
        Assert.All(errors, error => Assert.Equal(id, error.Id));
        Assert.Single(errors.Select(error => error.Message).Distinct());
        Assert.Contains(path, errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_GGUF_file_is_told_by_its_beginning_and_checked()
    {
        string path = _folder.File("model.safetensors");
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes("GGUF\u0003\0\0\0\u0001\0\0"));
        Assert.Equal("GgufTruncated", Assert.Throws<McdmException>(() => WeightFile.Open(path)).Id);
        Assert.Equal("WeightsOther", Assert.Throws<McdmException>(() => SafeTensorsFile.Open(path)).Id);
    }

    [Fact]
    public void Bytes_of_no_format_a_folder_and_nothing_are_refused()
    {
        File.WriteAllBytes(_folder.File("x"), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        Assert.Equal("WeightsFormat", Assert.Throws<McdmException>(() => WeightFile.Open(_folder.File("x"))).Id);
        Assert.Equal("WeightsNotAFile", Assert.Throws<McdmException>(() => WeightFile.Open(_folder.Path)).Id);
        Assert.Equal("WeightsNotFound", Assert.Throws<McdmException>(() => WeightFile.Open(_folder.File("absent"))).Id);
    }

    [Theory]
    [InlineData("diffusion_pytorch_model.safetensors", null, "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin", "diffusion_pytorch_model.fp16.safetensors", "diffusion_pytorch_model.safetensors.index.json")]
    [InlineData("diffusion_pytorch_model.safetensors.index.json", null, "diffusion_pytorch_model.safetensors.index.json", "diffusion_pytorch_model.bin")]
    [InlineData("model.safetensors", null, "model.safetensors", "pytorch_model.bin")]
    [InlineData("pytorch_model.bin", null, "pytorch_model.bin", "model.fp16.safetensors")]
    [InlineData("model.fp16.safetensors", null, "model.fp16.safetensors", "pytorch_model.fp16.bin")]
    [InlineData("model.fp16.safetensors", "fp16", "model.fp16.safetensors", "model.safetensors")]
    [InlineData("model.safetensors.index.fp16.json", "fp16", "model.safetensors.index.fp16.json", "model.safetensors")]
    [InlineData("diffusion_pytorch_model.bf16.safetensors", null, "diffusion_pytorch_model.bf16.safetensors", "notes.txt")]
    public void A_folders_weights_are_found(string expected, string? variant, params string[] files)
    {
        foreach (string file in files) { File.WriteAllText(_folder.File(file), "x"); }
        Assert.Equal(_folder.File(expected), NetworkWeights.Find(_folder.Path, variant));
    }

    [Fact]
    public void A_folder_without_weights_says_what_it_holds()
    {
        File.WriteAllText(_folder.File("diffusion_flax_model.msgpack"), "x");
        var error = Assert.Throws<McdmException>(() => NetworkWeights.Find(_folder.Path));
        Assert.Equal("NetworkWeightsNotFound", error.Id);
        Assert.Contains("diffusion_flax_model.msgpack", error.Message, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("model.safetensors"), "x");
        Assert.Contains("'int8'", Assert.Throws<McdmException>(() => NetworkWeights.Find(_folder.Path, "int8")).Message, StringComparison.Ordinal);
    }
}
