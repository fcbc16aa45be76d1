using Mcdm.Families.Shared;
using Mcdm.Modalities.Text;
using Mcdm.Weights.Reading;
using static TorchSharp.torch;

namespace Mcdm.Families.Adm;

/// <summary>Sentences by FaRL's text encoder, from its file and CLIP's vocabulary.</summary>
internal sealed class FarlSentences : ISentenceEncoder
{
    private readonly FarlTextFile _file;
    private readonly FarlTokenizer _tokenizer;
    private readonly Device _device;

    /// <param name="weights">FaRL's file.</param>
    /// <param name="vocabulary">CLIP's vocabulary.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="McdmException">As for <see cref="FarlTextFile"/> and <see cref="ClipTokenizerFiles"/>.</exception>
    public FarlSentences(string weights, string vocabulary, Device device)
    {
        _tokenizer = new FarlTokenizer(ClipTokenizerFiles.Read(vocabulary));
        _device = device;
        using var file = WeightFile.Open(weights);
        _file = new FarlTextFile(file, device);
    }

    /// <inheritdoc/>
    public Tensor Encode(string sentence, Action<string>? note)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var (tokens, unread) = _tokenizer.Encode(sentence);
        if (unread is not null) { note?.Invoke($"The sentence is longer than the text encoder reads; from '{unread}' on it is not read."); }
        return _file.Encoder.Embed(tensor(tokens.Select(token => (long)token).ToArray()).unsqueeze(0).to(_device)).MoveToOuterDisposeScope();
    }

    /// <summary>Disposes the encoder.</summary>
    public void Dispose() => _file.Dispose();
}
