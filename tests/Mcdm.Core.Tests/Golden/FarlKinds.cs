using System.Text.Json;
using Mcdm.Families.Adm;
using Mcdm.Families.Shared;
using Mcdm.Modalities.Text;
using Mcdm.Weights.Reading;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>FaRL's sentences: their tokens, and their embeddings.</summary>
internal sealed class FarlKinds : IGoldenKind
{
    private const double Tolerance = 5e-5;

    public IReadOnlyList<string> Kinds => ["farl-tokens", "farl-text"];

    public void Check(GoldenCase golden)
    {
        if (golden.Kind == "farl-tokens")
        {
            var tokenizer = new FarlTokenizer(ClipTokenizerFiles.Read(Path.Combine(golden.Model, golden.Parameters.GetProperty("vocabulary").GetString()!)));
            var tokens = golden.Parameters.GetProperty("texts").EnumerateArray().Select(text => tensor(tokenizer.Encode(text.GetString()!).Tokens.Select(token => (long)token).ToArray())).ToArray();
            golden.AssertEqual("tokens", stack(tokens));
            return;
        }
        using var about = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(golden.Model, AdmConfig.FileName)));
        using var file = WeightFile.Open(Path.Combine(golden.Model, about.RootElement.GetProperty("file").GetString()!));
        using var farl = new FarlTextFile(file, CPU, about.RootElement.GetProperty("heads").GetInt32());
        golden.AssertLargestClose("pooled_projected", farl.Encoder.Forward(golden.Input("tokens")), Tolerance);
        golden.AssertLargestClose("image_embed", farl.Encoder.Embed(golden.Input("tokens")), Tolerance);
    }
}
