using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Prompts;

/// <summary>An embedding of a model's text encoders (Textual Inversion, Gal et al. 2022): vectors that stand for a name in prompts.</summary>
/// <param name="name">What stands for it.</param>
/// <param name="values">For each text encoder as many vectors in place of those of tokens, float32 [vectors, width]; it is the owner of them.</param>
internal sealed class TextInversion(string name, IReadOnlyList<Tensor> values) : IDisposable
{
    /// <summary>What stands for it.</summary>
    public string Name => name;

    /// <summary>What stands for it too: the token that diffusers gave it, such as <c>&lt;cat-toy&gt;</c>; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Tells its vectors from others'.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Its vectors for each text encoder, float32 [vectors, width].</summary>
    public IReadOnlyList<Tensor> Values => values;

    /// <summary>The number of its vectors, each of which takes a token's place.</summary>
    public int Vectors => (int)values[0].shape[0];

    /// <summary>Numbers in each vector, for each text encoder.</summary>
    public IReadOnlyList<int> Widths => [.. values.Select(vectors => (int)vectors.shape[1])];

    /// <summary>The same embedding, with a hold of its own on the vectors.</summary>
    public TextInversion Shared() => new(name, [.. values.Select(vectors => vectors.alias().DetachFromDisposeScope())])
    {
        Token = Token,
        Fingerprint = Fingerprint,
    };

    /// <summary>Frees the vectors.</summary>
    public void Dispose()
    {
        foreach (var vectors in values) { vectors.Dispose(); }
    }
}
