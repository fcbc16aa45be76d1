using Mcdm.Families.Shared;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Token numbers of prompts, as transformers gives them.</summary>
internal sealed class TokenKinds : IGoldenKind
{
    public IReadOnlyList<string> Kinds => ["tokens", "tokens-full"];

    public void Check(GoldenCase golden)
    {
        var tokenizer = golden.Kind == "tokens" ? ClipTokenizerFiles.Read(Path.Combine(golden.Model, "tokenizer")) : ClipTokenizerFiles.Read(golden.Folder.Find(ClipTokenizerFiles.MergesFile));
        var (tokens, _) = tokenizer.Encode(golden.Parameters.GetProperty("prompt").GetString()!);
        golden.AssertEqual("ids", tensor(tokens.Select(token => (long)token).ToArray()).unsqueeze(0));
    }
}
