using Mcdm.Families.Shared;
using Mcdm.Modalities.Text;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Token numbers of prompts, as transformers gives them.</summary>
internal sealed class TokenKinds : IGoldenKind
{
    private readonly Dictionary<string, ClipTokenizer> _tokenizers = [];

    public IReadOnlyList<string> Kinds => ["tokens", "tokens-full"];

    public void Check(GoldenCase golden)
    {
        string files = golden.Kind == "tokens" ? Path.Combine(golden.Model, "tokenizer") : golden.Folder.Find(ClipTokenizerFiles.MergesFile);
        if (!_tokenizers.TryGetValue(files, out var tokenizer)) { _tokenizers[files] = tokenizer = ClipTokenizerFiles.Read(files); }
        var (tokens, _) = tokenizer.Encode(golden.Parameters.GetProperty("prompt").GetString()!);
        golden.AssertEqual("ids", tensor(tokens.Select(token => (long)token).ToArray()).unsqueeze(0));
    }
}
