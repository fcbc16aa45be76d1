using System.Text.Json;
using Mcdm.Experts;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Layers.Clip;
using Mcdm.Modalities.Text;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Reads and encodes the prompts of a case, with its embeddings under the names that the case gives them.</summary>
internal sealed class GoldenPrompts : IDisposable
{
    private readonly GoldenNetworks _networks;
    private readonly List<TextInversion> _embeddings = [];
    private readonly SharedLifetime _lifetime = new();

    /// <param name="golden">The case.</param>
    /// <param name="underTokens">Whether embeddings have numbers after the vocabulary's and no names, as in diffusers.</param>
    public GoldenPrompts(GoldenCase golden, bool underTokens = false)
    {
        _networks = GoldenNetworks.OfFolder(golden.Model);
        Network = _networks.Text();
        Tokenizer = golden.Kind is "prompt-pair" or "run-prompted" ? FilledWithEnd(golden.Model) : ClipTokenizerFiles.Read(Path.Combine(golden.Model, "tokenizer"));
        foreach (var entry in golden.Parameter("embeddings")?.EnumerateArray() ?? []) { _embeddings.Add(Named(golden, entry, underTokens)); }
        Reader = new PromptReader(Tokenizer, new TextInversions(underTokens ? [] : _embeddings, Tokenizer));
        TextEncoder = new TextEncoder(Reader, new(Network), CPU, golden.Kind == "prompt-embedding-diffusers" ? 1 : golden.Parameter("clip_skip")?.GetInt32() ?? 1);
        Encoder = new PromptEncoder([TextEncoder], _lifetime);
    }

    public ClipTextModel Network { get; }

    public ClipTokenizer Tokenizer { get; }

    public PromptReader Reader { get; }

    public TextEncoder TextEncoder { get; }

    public PromptEncoder Encoder { get; }

    public IReadOnlyList<TextInversion> Embeddings => _embeddings;

    /// <summary>The chunks of a prompt that is one term.</summary>
    public IReadOnlyList<PromptChunk> Chunks(string prompt, PromptUse use = PromptUse.Negative) => Reader.Read(prompt, use).Parts.Single().Chunks;

    public Tensor Encode(string prompt, PromptUse use = PromptUse.Negative) => Encoder.Encoded([Chunks(prompt, use)], null).Context;

    /// <summary>An embedding's file, which lies in the case's own <c>model/</c>.</summary>
    public static string FileOf(GoldenCase golden, JsonElement entry) => golden.Folder.Find(Path.Combine("model", entry.GetProperty("file").GetString()!));

    /// <summary>The pairs and runs of Stable Diffusion 2 were computed with texts that the end fills up, as those of 1, where its other cases have id 0.</summary>
    private static ClipTokenizer FilledWithEnd(string model)
    {
        string folder = Directory.CreateTempSubdirectory("mcdm-golden-").FullName;
        try
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(model, "tokenizer"))) { File.Copy(file, Path.Combine(folder, Path.GetFileName(file))); }
            File.Delete(Path.Combine(folder, "special_tokens_map.json"));
            File.WriteAllText(Path.Combine(folder, "special_tokens_map.json"), $$"""{ "pad_token": "{{ClipTokenizer.End}}" }""");
            return ClipTokenizerFiles.Read(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TextInversion Named(GoldenCase golden, JsonElement entry, bool underTokens)
    {
        var embedding = TextInversionFile.Read(FileOf(golden, entry));
        return entry.TryGetProperty(underTokens ? "token" : "name", out var name) ? new TextInversion(name.GetString()!, embedding.Values) : embedding;
    }

    public void Dispose()
    {
        _embeddings.ForEach(embedding => embedding.Dispose());
        _lifetime.GiveBack();
        _networks.Dispose();
    }
}
