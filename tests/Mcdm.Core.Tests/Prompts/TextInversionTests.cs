using Mcdm.Families;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Prompts;

public sealed class TextInversionTests : IDisposable
{
    /// <summary>What reading a file of any size takes: buffers, the zip's and the pickle's machinery, messages.</summary>
    private const long Overhead = 256 << 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("mcdm-embeddings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TextInversion Named(string name, int vectors = 1) => new(name, [zeros(vectors, 16)]);

    [Theory]
    [InlineData("cat-toy", "cat-toy")]
    [InlineData("cat-toy", "Cat - Toy")]
    [InlineData("<river>", "<RIVER>")]
    public void Two_of_one_name_are_refused(string one, string other) =>
        Assert.Equal("EmbeddingName", Assert.Throws<McdmException>(() => TinyPrompts.Reader(Named(one), Named(other))).Id);

    [Fact]
    public void One_of_more_vectors_than_a_chunk_has_is_refused()
    {
        Assert.Single(TinyPrompts.Reader(Named("many", 75)).Read("many", PromptUse.Wanted).Parts[0].Chunks);
        Assert.Equal("EmbeddingTooLong", Assert.Throws<McdmException>(() => TinyPrompts.Reader(Named("many", 76))).Id);
    }

    [Fact]
    public void One_that_is_called_like_a_word_hides_it_and_says_so()
    {
        var reader = TinyPrompts.Reader(Named("the"), Named("the-house"));
        var read = reader.Read("the river", PromptUse.Wanted);
        Assert.Equal("the", Assert.Single(read.Parts[0].Chunks[0].Embeddings).Embedding.Name);
        Assert.Contains("not as the word", Assert.Single(read.Doubts), StringComparison.Ordinal);
        Assert.Empty(reader.Read("the-house", PromptUse.Wanted).Doubts);
        Assert.Empty(reader.Read("the river", PromptUse.Literal).Parts[0].Chunks[0].Embeddings);
    }

    [Fact]
    public void Vectors_move_with_the_words_after_a_comma()
    {
        string before = string.Concat(Enumerable.Repeat("a ", 65));
        var chunks = TinyPrompts.Reader(Named("two-one", 4)).Read($"{before}, two-one b b b b b b", PromptUse.Wanted).Parts[0].Chunks;
        Assert.Empty(chunks[0].Embeddings);
        Assert.Equal(1, Assert.Single(chunks[1].Embeddings).Place);
    }

    [Fact]
    public void Names_in_angle_brackets_are_found_beside_other_signs()
    {
        var chunk = TinyPrompts.Reader(Named("<fox-toy>", 2)).Read("(<fox-toy>), a<Fox-Toy>b", PromptUse.Wanted).Parts[0].Chunks[0];
        Assert.Equal(2, chunk.Embeddings.Count);
    }

    [Fact]
    public void Numbers_that_are_none_are_refused_with_file_and_tensor()
    {
        string path = Path.Combine(_folder, "broken.safetensors");
        using var values = full([1, 16], float.NaN);
        SafeTensorsWriter.Write(path, [("emb_params", values)]);
        var refusal = Assert.Throws<McdmException>(() => TextInversionFile.Read(path));
        Assert.Equal("EmbeddingNotFinite", refusal.Id);
        Assert.Contains("emb_params", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("broken.safetensors", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_model_of_prompts_takes_none()
    {
        string file = Path.Combine(TinyPrompts.Golden("inversion-sd1"), "cat-toy.pt");
        var refusal = Assert.Throws<McdmException>(() => Registries.ModelReader.Read([TinyPrompts.Golden("unet2d-celebahq-kind")], new ImportOptions { Embeddings = [file] }, CPU,
            ScalarType.Float32));
        Assert.Equal("PromptsNeedBase", refusal.Id);
    }

    [Fact]
    public void Damaged_files_by_the_thousand_are_read_or_refused()
    {
        byte[][] files = Directory.EnumerateFiles(TinyPrompts.Golden("inversion-sd1"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        var random = new Random(36);
        string path = Path.Combine(_folder, "damaged.pt");
        int refused = 0;
        for (int i = 0; i < 4000; i++)
        {
            byte[] bytes = Damaged(files[i % files.Length], random);
            File.WriteAllBytes(path, bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var embedding = TextInversionFile.Read(path);
                Assert.True(embedding.Values.Sum(vectors => vectors.numel()) * sizeof(float) <= 4L * bytes.Length, $"File {i} gives more numbers than are in {bytes.Length} bytes.");
            }
            catch (McdmException)
            {
                refused++;
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L * bytes.Length + Overhead);
        }
        Assert.InRange(refused, 1000, 3999);
    }

    /// <summary>A file with some bytes changed, a part left out, doubled or taken from elsewhere, or its end cut off.</summary>
    private static byte[] Damaged(byte[] file, Random random)
    {
        byte[] bytes = [.. file];
        int at = random.Next(bytes.Length), length = random.Next(1, Math.Min(64, bytes.Length - at) + 1);
        switch (random.Next(5))
        {
            case 0: return bytes[..at];
            case 1: return [.. bytes[..at], .. bytes[(at + length)..]];
            case 2: return [.. bytes[..(at + length)], .. bytes[at..]];
            case 3: random.NextBytes(bytes.AsSpan(at, length)); return bytes;
            default:
                for (int i = random.Next(1, 4); i > 0; i--) { bytes[random.Next(bytes.Length)] = (byte)random.Next(256); }
                return bytes;
        }
    }
}
