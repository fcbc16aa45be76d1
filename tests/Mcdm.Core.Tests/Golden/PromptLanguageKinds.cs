using System.Text.Json;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Modalities.Text;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>The language of prompts, as AUTOMATIC1111's own functions read it, and how its chunks are cut.</summary>
internal sealed class PromptLanguageKinds : IGoldenKind
{
    private const double WeightTolerance = 1e-12, MultiplierTolerance = 1e-6;

    public IReadOnlyList<string> Kinds => ["prompt-parse", "prompt-multicond", "prompt-strip", "prompt-schedule", "prompt-chunks"];

    public void Check(GoldenCase golden)
    {
        switch (golden.Kind)
        {
            case "prompt-parse" when golden.Expected.TryGetProperty("error", out _):
                Assert.Equal("PromptWeight", Assert.Throws<McdmException>(() => WordWeights.Read(Text(golden))).Id);
                break;
            case "prompt-parse": AssertPieces(golden.Expected.GetProperty("parsed"), WordWeights.Read(Text(golden)).Pieces); break;
            case "prompt-multicond": AssertPieces(golden.Expected.GetProperty("prompts"), PromptText.Parts(Text(golden))); break;
            case "prompt-strip": CheckStripped(golden); break;
            case "prompt-schedule": Assert.Equal(golden.Expected.GetProperty("scheduled").GetBoolean(), PromptSchedules.FirstIn(Text(golden)) is not null); break;
            default: CheckChunks(golden); break;
        }
    }

    /// <summary>The tokenizer of a case: its model's, or the whole vocabulary; with its own filling where the case names one.</summary>
    public static ClipTokenizer Tokenizer(GoldenCase golden) => golden.Parameter("vocabulary") is not null
        ? ClipTokenizerFiles.Read(golden.Folder.Find(Path.Combine("..", "..", "golden", "tokens", ClipTokenizerFiles.MergesFile)), golden.Parameter("pad") is null ? null : "!")
        : ClipTokenizerFiles.Read(Path.Combine(golden.Model, "tokenizer"));

    /// <summary>Numbers and multipliers of all chunks, [chunks, tokens] each.</summary>
    public static void AssertChunks(GoldenCase golden, IReadOnlyList<PromptChunk> chunks)
    {
        golden.AssertEqual("ids", stack(chunks.Select(chunk => tensor(chunk.Ids.Select(id => (long)id).ToArray()))));
        golden.AssertClose("multipliers", stack(chunks.Select(chunk => tensor(chunk.Weights.ToArray()))), MultiplierTolerance);
    }

    private static string Text(GoldenCase golden) => golden.Parameters.GetProperty("text").GetString()!;

    private static void AssertPieces(JsonElement expected, IReadOnlyList<WeightedText> pieces)
    {
        Assert.Equal(expected.EnumerateArray().Select(piece => piece[0].GetString()!), pieces.Select(piece => piece.Text));
        foreach (var (wanted, piece) in expected.EnumerateArray().Zip(pieces))
        {
            Assert.True(Math.Abs(wanted[1].GetDouble() - piece.Weight) <= WeightTolerance * Math.Max(1, Math.Abs(piece.Weight)), $"{piece} has not the weight {wanted[1]}.");
        }
    }

    private static void CheckStripped(GoldenCase golden)
    {
        var (text, networks) = PromptText.WithoutNetworks(PromptText.WithoutComments(Text(golden)).Text);
        Assert.Equal(golden.Expected.GetProperty("text").GetString(), text);
        Assert.Equal(golden.Expected.GetProperty("networks").EnumerateArray().Select(network => string.Join('\n', network.EnumerateArray().Select(part => part.GetString()))),
            networks.Select(network => string.Join('\n', network)));
    }

    private static void CheckChunks(GoldenCase golden)
    {
        var tokenizer = Tokenizer(golden);
        var chunks = new PromptChunks(tokenizer, TextInversions.None(tokenizer),
            golden.Parameter("comma_padding_backtrack")?.GetInt32() ?? PromptChunks.UsualFarthestComma);
        var (cut, tokens) = chunks.Of(WordWeights.Read(golden.Parameters.GetProperty("prompt").GetString()!).Pieces);
        AssertChunks(golden, cut);
        Assert.Equal(golden.Expected.GetProperty("tokens").GetInt32(), tokens);
    }
}
