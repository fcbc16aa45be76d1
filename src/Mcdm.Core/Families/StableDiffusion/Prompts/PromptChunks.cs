using Mcdm.Modalities.Text;

namespace Mcdm.Families.StableDiffusion.Prompts;

/// <summary>
/// Cuts a prompt into chunks of 75 tokens, as AUTOMATIC1111 does: at BREAK, and where a chunk is full, after its last comma where that is near. All vectors of
/// an embedding stand in one chunk.
/// </summary>
/// <param name="tokenizer">CLIP's tokenizer with the model's vocabulary.</param>
/// <param name="embeddings">The embeddings that prompts may name.</param>
/// <param name="farthestComma">How far back the last comma of a full chunk may lie to be cut at; 0 for never.</param>
internal sealed class PromptChunks(ClipTokenizer tokenizer, TextInversions embeddings, int farthestComma = PromptChunks.UsualFarthestComma)
{
    /// <summary>How far back the other program looks for a comma.</summary>
    public const int UsualFarthestComma = 20;

    /// <summary>Chunks of the longest prompt: more are hardly meant, and each evaluation of the U-Net attends to all of them.</summary>
    private const int MostChunks = 100;

    private readonly int _length = tokenizer.Length - 2;

    /// <summary>Cuts the pieces of a prompt.</summary>
    /// <returns>The chunks, at least one, and the number of tokens, with the filling of all but the last chunk.</returns>
    /// <exception cref="McdmException"><c>PromptTooLong</c>.</exception>
    public (IReadOnlyList<PromptChunk> Chunks, int Tokens) Of(IEnumerable<WeightedText> pieces)
    {
        var chunks = new List<PromptChunk>();
        var open = new List<Token>();
        int comma = -1;
        foreach (var piece in pieces)
        {
            if (piece.IsBreak)
            {
                Close();
                continue;
            }
            foreach (var (text, token) in embeddings.Split(piece.Text))
            {
                if (token is null) { Add(tokenizer.EncodeWords(text), (float)piece.Weight); }
                else { Place(token, (float)piece.Weight); }
            }
        }
        int count = chunks.Count * _length + open.Count;
        if (open.Count > 0 || chunks.Count == 0) { Close(); }
        return (chunks, count);

        void Add(IReadOnlyList<int> ids, float weight)
        {
            for (int at = 0; at < ids.Count;)
            {
                if (embeddings.At(ids, at) is var (embedding, tokens))
                {
                    Place(embedding, weight);
                    at += tokens;
                    continue;
                }
                bool isComma = ids[at] == tokenizer.Comma;
                MakeRoom(isComma);
                if (isComma) { comma = open.Count; }
                open.Add(new Token(ids[at++], weight));
            }
        }

        void Place(TextInversion embedding, float weight)
        {
            MakeRoom(isComma: false);
            if (open.Count + embedding.Vectors > _length) { Close(); }
            open.AddRange(Enumerable.Range(0, embedding.Vectors).Select(i => new Token(0, weight) { Of = i == 0 ? embedding : null }));
        }

        // Of a full chunk what follows its last comma goes to the next one, where the comma is near.
        void MakeRoom(bool isComma)
        {
            if (open.Count < _length) { return; }
            int kept = !isComma && comma >= 0 && _length - comma <= farthestComma ? comma + 1 : _length;
            var moved = open.GetRange(kept, _length - kept);
            open.RemoveRange(kept, _length - kept);
            Close();
            open = moved;
        }

        void Close()
        {
            if (chunks.Count == MostChunks)
            {
                throw new McdmException("PromptTooLong", ErrorKind.LimitsExceeded,
                    $"The prompt has more than {MostChunks * _length} tokens, {MostChunks} chunks of {_length}; a model was trained with one of them.");
            }
            chunks.Add(Closed(open));
            open = [];
            comma = -1;
        }
    }

    /// <summary>A chunk with start, end and filling. What fills it up follows its first end, as the encoder was trained.</summary>
    private PromptChunk Closed(List<Token> tokens)
    {
        int[] ids = [tokenizer.StartNumber, .. tokens.Select(token => token.Id), .. Enumerable.Repeat(tokenizer.EndNumber, _length + 1 - tokens.Count)];
        int filling = Array.IndexOf(ids, tokenizer.EndNumber) + 1;
        Array.Fill(ids, tokenizer.PaddingNumber, filling, tokenizer.PaddingNumber == tokenizer.EndNumber ? 0 : ids.Length - filling);
        float[] weights = [1, .. tokens.Select(token => token.Weight), .. Enumerable.Repeat(1f, _length + 1 - tokens.Count)];
        return new PromptChunk(ids, weights,
            [.. tokens.Select((token, i) => (Place: i + 1, token.Of)).Where(token => token.Of is not null).Select(token => (token.Place, token.Of!))]);
    }

    private readonly record struct Token(int Id, float Weight)
    {
        /// <summary>The embedding whose first vector stands here.</summary>
        public TextInversion? Of { get; init; }
    }
}
