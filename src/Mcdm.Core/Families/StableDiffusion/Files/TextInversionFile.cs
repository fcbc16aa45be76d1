using Mcdm.Families.StableDiffusion.Prompts;
using Mcdm.Weights;
using Mcdm.Weights.PyTorch;
using Mcdm.Weights.Reading;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// Files of embeddings (textual inversion): AUTOMATIC1111's (<c>string_to_param</c>, or <c>emb_params</c>), and diffusers', one tensor under its token.
/// </summary>
internal static class TextInversionFile
{
    private const string Parameters = "string_to_param", GenericName = "learned_embeds";

    /// <summary>Tensors of the pair that Stable Diffusion XL's two encoders read, in their order.</summary>
    private static readonly string[] s_pair = ["clip_l", "clip_g"];

    /// <summary>What an embedding is called: as its file; one that diffusers calls like all others, as its folder.</summary>
    public static string NameOf(string path) => Path.GetFileNameWithoutExtension(path) is var name && name != GenericName ? name
        : ModelName.Of(Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <summary>Reads an embedding.</summary>
    /// <param name="path">Its file.</param>
    /// <exception cref="McdmException">
    /// <c>EmbeddingKind</c>: it holds no embedding of one name; <c>EmbeddingShape</c>; <c>EmbeddingNotFinite</c>; or the file cannot be read.
    /// </exception>
    public static TextInversion Read(string path)
    {
        using var file = Open(path);
        var tokens = TokensOf(file);
        using var scope = NewDisposeScope();
        var values = tokens.Select(token => Vectors(file, token)).ToList();
        if (values.Exists(vectors => vectors.shape[0] != values[0].shape[0]))
        {
            throw new McdmException("EmbeddingShape", ErrorKind.InvalidData,
                $"'{path}' has {values[0].shape[0]} vectors for one text encoder ({tokens[0]}) and {values[1].shape[0]} for the other ({tokens[1]}); both have "
                    + "as many.");
        }
        values.ForEach(vectors => vectors.DetachFromDisposeScope());
        return new TextInversion(NameOf(path), values)
        {
            Token = tokens is [var token] && token.StartsWith('<') && token.EndsWith('>') ? token : null,
            Fingerprint = WeightFingerprint.Of(file),
        };
    }

    /// <summary>The vectors of an embedding's file, which the caller closes; null where it is none.</summary>
    public static IWeights? TryOpen(string path)
    {
        IWeights? file = null;
        try
        {
            file = Open(path);
            _ = TokensOf(file);
            return file;
        }
        catch (McdmException)
        {
            file?.Dispose();
            return null;
        }
    }

    private static Tensor Vectors(IWeights file, string token)
    {
        var shape = file.Shape(token);
        if (shape is not ([> 0] or [> 0, > 0]))
        {
            throw new McdmException("EmbeddingShape", ErrorKind.InvalidData,
                $"The tensor '{token}' of '{file.Path}' is [{string.Join(", ", shape)}]; an embedding is one vector or several, [vectors, width].");
        }
        var values = file.Read(token, ScalarType.Float32).reshape(shape.Count == 1 ? 1 : shape[0], shape[^1]);
        return values.isfinite().all().item<bool>() ? values : throw new McdmException("EmbeddingNotFinite", ErrorKind.InvalidData,
            $"The tensor '{token}' of '{file.Path}' has numbers that are none (NaN or infinite); the file is damaged.");
    }

    /// <summary>The file of weights: AUTOMATIC1111's have the vectors under a name, beside others that say nothing here.</summary>
    private static IWeights Open(string path)
    {
        try
        {
            var file = WeightFile.Open(path);
            if (file is not PyTorchFile) { return file; }
            file.Dispose();
        }
        catch (McdmException e) when (e.Id is "PyTorchRoots" or "PyTorchContent" or "ModelKindUnknown")
        {
        }
        try
        {
            return PyTorchFile.Open(path, Parameters);
        }
        catch (McdmException e) when (e.Id == "PyTorchRoot")
        {
        }
        try
        {
            return PyTorchFile.Open(path, "");
        }
        catch (McdmException e) when (e.Id == "PyTorchContent")
        {
            throw Refused(path, "holds no vectors by name");
        }
    }

    /// <summary>Its only tensor, or the pair.</summary>
    private static IReadOnlyList<string> TokensOf(IWeights file) => file.Names switch
    {
        { Count: 2 } names when s_pair.All(names.Contains) => s_pair,
        [var token] => [token],
        [] => throw Refused(file.Path, "holds no tensor"),
        var names => throw Refused(file.Path, $"holds {names.Count} tensors ({string.Join(", ", names.Take(3).Select(name => $"'{name}'"))}"
            + $"{(names.Count > 3 ? ", …" : "")})"),
    };

    private static McdmException Refused(string path, string holds) => new("EmbeddingKind", ErrorKind.InvalidData,
        $"'{path}' {holds}, so it is no embedding: that is one tensor, under {Parameters}, emb_params or its own token, "
            + "or two of Stable Diffusion XL, clip_l and clip_g.");
}
