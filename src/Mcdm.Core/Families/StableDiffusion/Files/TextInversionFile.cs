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

    /// <summary>Tensors of the pair that Stable Diffusion XL's two encoders read.</summary>
    private static readonly string[] s_pair = ["clip_g", "clip_l"];

    /// <summary>What an embedding is called: as its file; one that diffusers calls like all others, as its folder.</summary>
    public static string NameOf(string path) => Path.GetFileNameWithoutExtension(path) is var name && name != GenericName ? name
        : ModelName.Of(Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <summary>Reads an embedding.</summary>
    /// <param name="path">Its file.</param>
    /// <exception cref="McdmException">
    /// <c>EmbeddingKind</c>: it holds no embedding of one name and one encoder; <c>EmbeddingShape</c>; <c>EmbeddingNotFinite</c>; or the file cannot be read.
    /// </exception>
    public static TextInversion Read(string path)
    {
        using var file = Open(path);
        var (token, shape) = Only(file);
        using var scope = NewDisposeScope();
        var values = file.Read(token, ScalarType.Float32).reshape(shape.Count == 1 ? 1 : shape[0], shape[^1]);
        if (!values.isfinite().all().item<bool>())
        {
            throw new McdmException("EmbeddingNotFinite", ErrorKind.InvalidData,
                $"The tensor '{token}' of '{path}' has numbers that are none (NaN or infinite); the file is damaged.");
        }
        return new TextInversion(NameOf(path), values.DetachFromDisposeScope())
        {
            Token = token.StartsWith('<') && token.EndsWith('>') ? token : null,
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
            _ = Only(file);
            return file;
        }
        catch (McdmException)
        {
            file?.Dispose();
            return null;
        }
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

    /// <summary>Its only tensor.</summary>
    private static (string Token, IReadOnlyList<long> Shape) Only(IWeights file)
    {
        if (file.Names.Order(StringComparer.Ordinal).SequenceEqual(s_pair))
        {
            throw new McdmException("EmbeddingKind", ErrorKind.NotSupported,
                $"'{file.Path}' is an embedding for Stable Diffusion XL, whose two text encoders have one each (clip_l, clip_g); Stable "
                    + "Diffusion 1 and 2 take one.");
        }
        if (file.Names is not [var token])
        {
            throw Refused(file.Path, file.Names.Count == 0 ? "holds no tensor"
                : $"holds {file.Names.Count} tensors ({string.Join(", ", file.Names.Take(3).Select(name => $"'{name}'"))}"
                    + $"{(file.Names.Count > 3 ? ", …" : "")})");
        }
        var shape = file.Shape(token);
        return shape is [> 0] or [> 0, > 0] ? (token, shape)
            : throw new McdmException("EmbeddingShape", ErrorKind.InvalidData,
                $"The tensor '{token}' of '{file.Path}' is [{string.Join(", ", shape)}]; an embedding is one vector or several, [vectors, width].");
    }

    private static McdmException Refused(string path, string holds) => new("EmbeddingKind", ErrorKind.InvalidData,
        $"'{path}' {holds}, so it is no embedding: that is one tensor, under {Parameters}, emb_params or its own token.");
}
