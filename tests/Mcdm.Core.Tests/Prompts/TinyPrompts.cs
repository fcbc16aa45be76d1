using Mcdm.Experts;
using Mcdm.Families;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Modalities.Text;
using Mcdm.Registries;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Prompts;

/// <summary>The tiny Stable Diffusion model of tests/golden, and how it reads prompts.</summary>
internal static class TinyPrompts
{
    public static string Golden(string name) => Path.Combine(Checkout.Folder, "tests", "golden", name, "model");

    public static ClipTokenizer Tokenizer { get; } = ClipTokenizerFiles.Read(Path.Combine(Golden("sd1-tiny"), "tokenizer"));

    public static PromptReader Reader(params TextInversion[] embeddings) => new(Tokenizer, new TextInversions(embeddings, Tokenizer));

    public static Model Import(ImportOptions? options = null, params string[] others) =>
        ModelReader.Read([Golden("sd1-tiny"), .. others.Select(Golden)], options ?? new(), CPU, ScalarType.Float32);

    public static Tensor Z(int batch)
    {
        using var generator = new Generator(5);
        return randn([batch, 4, 8, 8], generator: generator);
    }
}
