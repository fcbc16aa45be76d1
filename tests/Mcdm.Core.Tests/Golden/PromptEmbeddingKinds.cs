using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Prompts;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>What a U-Net attends to for a prompt, with weights, chunks, clip skip and embeddings, as AUTOMATIC1111 and diffusers compute it.</summary>
internal sealed class PromptEmbeddingKinds : IGoldenKind
{
    private const double Tolerance = 5e-5;

    public IReadOnlyList<string> Kinds => ["prompt-embedding", "prompt-embedding-mode", "prompt-embedding-diffusers", "prompt-pair", "inversion-webui", "inversion-diffusers",
        "embedding-file", "embedding-refused"];

    public void Check(GoldenCase golden)
    {
        switch (golden.Kind)
        {
            case "embedding-file": CheckFile(golden); return;
            case "embedding-refused": CheckRefused(golden); return;
            default: break;
        }
        using var prompts = new GoldenPrompts(golden, underTokens: golden.Kind == "inversion-diffusers");
        string prompt = golden.Parameters.GetProperty("prompt").GetString()!;
        switch (golden.Kind)
        {
            case "prompt-embedding": golden.AssertClose("embedding", prompts.Encode(prompt), Tolerance); break;
            case "prompt-embedding-mode": golden.AssertClose("embedding", OfMode(golden.Parameters.GetProperty("emphasis").GetString()!, prompts, prompt), Tolerance); break;
            case "prompt-embedding-diffusers":
                var ids = tensor(prompts.Tokenizer.Encode(prompt).Tokens.Select(id => (long)id).ToArray()).unsqueeze(0);
                golden.AssertClose("embedding", prompts.Network.Forward(ids, golden.Parameters.GetProperty("clip_skip").GetInt32()), Tolerance);
                break;
            case "prompt-pair": CheckPair(golden, prompts, prompt); break;
            case "inversion-webui": CheckFound(golden, prompts, prompt); break;
            default: CheckTokens(golden, prompts); break;
        }
    }

    /// <summary>The longer of two contexts sets the length; the shorter is filled up, as the case says.</summary>
    public static (Tensor Positive, Tensor Negative) Padded(Tensor positive, Tensor negative, Tensor empty, bool withLast = false)
    {
        long longest = Math.Max(positive.shape[1], negative.shape[1]);
        return (Filled(positive), Filled(negative));

        Tensor Filled(Tensor context) => context.shape[1] == longest ? context
            : cat([context, withLast ? context[.., ^1..].expand(-1, longest - context.shape[1], -1) : empty.repeat(1, (longest - context.shape[1]) / empty.shape[1], 1)], 1);
    }

    /// <summary>The other program's further ways with weights: parts of what ours computes.</summary>
    private static Tensor OfMode(string mode, GoldenPrompts prompts, string prompt)
    {
        if (mode == "None") { return prompts.Encode(prompt, PromptUse.Literal); }
        var chunks = prompts.Chunks(prompt);
        var hidden = prompts.TextEncoder.Hidden(chunks).Tokens;
        var weights = stack(chunks.Select(chunk => tensor(chunk.Weights.ToArray()))).unsqueeze(2);
        return (mode == "Ignore" ? hidden : hidden * weights).flatten(0, 1).unsqueeze(0);
    }

    private static void CheckPair(GoldenCase golden, GoldenPrompts prompts, string prompt)
    {
        var (positive, negative) = Padded(prompts.Encode(prompt), prompts.Encode(golden.Parameters.GetProperty("negative_prompt").GetString()!),
            prompts.Encoder.Empty().Context, golden.Parameters.GetProperty("pad").GetString() == "last");
        golden.AssertClose("positive", positive, Tolerance);
        golden.AssertClose("negative", negative, Tolerance);
    }

    private static void CheckFound(GoldenCase golden, GoldenPrompts prompts, string prompt)
    {
        var chunks = prompts.Chunks(prompt);
        PromptLanguageKinds.AssertChunks(golden, chunks);
        golden.AssertClose("embedding", prompts.Encode(prompt), Tolerance);
        Assert.Equal(golden.Expected.GetProperty("vectors").EnumerateArray().Select(found => (found[0].GetInt32(), found[1].GetInt32(), found[2].GetString()!, found[3].GetInt32())),
            chunks.SelectMany((chunk, row) => chunk.Embeddings.Select(found => (row, found.Place, found.Embedding.Name, found.Embedding.Vectors))));
    }

    /// <summary>diffusers gives vectors numbers after the vocabulary's own, and finds them in its own way; where they stand, they do the same here.</summary>
    private static void CheckTokens(GoldenCase golden, GoldenPrompts prompts)
    {
        int words = prompts.Network.Options.VocabSize;
        var vectors = cat(prompts.Embeddings.Select(embedding => embedding.Values[0]).ToArray());
        Assert.Equal(golden.Expected.GetProperty("table").GetInt32(), words + vectors.shape[0]);
        var ids = golden.Output("ids");
        var replaced = ids.data<long>().ToArray().Select((id, place) => (Id: id, Place: place)).Where(token => token.Id >= words)
            .Select(token => (0, token.Place, vectors.narrow(0, token.Id - words, 1))).ToList();
        golden.AssertClose("embedding", prompts.Network.Forward(ids.where(ids < words, zeros_like(ids)), 0, replaced), Tolerance);
    }

    private static void CheckFile(GoldenCase golden)
    {
        using var embedding = TextInversionFile.Read(GoldenPrompts.FileOf(golden, golden.Parameters));
        golden.AssertEqual("vectors", embedding.Values[0]);
        string webui = golden.Expected.GetProperty("name_webui").GetString()!;
        if (webui != "learned_embeds") { Assert.Equal(webui, embedding.Name); }
        else { Assert.Equal(golden.Expected.GetProperty("name_diffusers").GetString(), embedding.Token); }
    }

    private static void CheckRefused(GoldenCase golden)
    {
        // The one that both read or neither: see README-prompts.
        string file = GoldenPrompts.FileOf(golden, golden.Parameters);
        if (Path.GetFileName(file) == "of-2022.pt") { return; }
        using var networks = GoldenNetworks.OfFolder(golden.Model);
        var refusal = Assert.Throws<McdmException>(() =>
        {
            using var files = new LatentDiffusionSet([new(golden.Model, LatentDiffusionSet.Folder)], new() { Embeddings = [file] });
            using var named = new TextInversion(golden.Parameter("token")?.GetString() ?? "one", [zeros(1, 1)]);
            _ = new TextInversions([named], PromptLanguageKinds.Tokenizer(golden));
        });
        Assert.StartsWith("Embedding", refusal.Id, StringComparison.Ordinal);
        if (refusal.Id == "EmbeddingWidth")
        {
            Assert.Contains($"{networks.Text().Options.HiddenSize}", refusal.Message, StringComparison.Ordinal);
        }
    }
}
