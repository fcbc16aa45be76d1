using Mcdm.Families.Shared;
using Mcdm.Layers.Frozen;
using Mcdm.Layers.Clip;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Families.Adm;

/// <summary>
/// FaRL's text encoder (Zheng et al. 2022), CLIP's trained on faces, which Unite and Conquer reads sentences by. Its file has OpenAI's names, and perhaps the
/// encoder of pictures, which is not read.
/// </summary>
internal sealed class FarlTextFile : IDisposable
{
    private const string Projection = "text_projection", Width = "token_embedding.weight", Positions = "positional_embedding", Layer = "transformer.resblocks.",
        HiddenEnd = ".mlp.c_fc.bias";

    /// <summary>Channels of a head, in all models that OpenAI published.</summary>
    private const int HeadChannels = 64;

    private static readonly string[] s_text = [Width, Positions, "ln_final.weight", "ln_final.bias"];

    private readonly FrozenWeights _weights, _projection;

    /// <param name="file">The file; it stays the caller's, and may be closed when this is made.</param>
    /// <param name="device">Where the encoder computes.</param>
    /// <param name="heads">Heads of each layer; null for one to 64 channels, as in all published models.</param>
    /// <exception cref="McdmException"><c>FarlWeights</c>: it is of no such encoder; or a tensor is misshapen.</exception>
    public FarlTextFile(IWeights file, Device device, int? heads = null)
    {
        var names = file.Names.Where(name => s_text.Contains(name) || name.StartsWith(Layer, StringComparison.Ordinal)).ToList();
        if (s_text.FirstOrDefault(name => !names.Contains(name)) is { } missing || !file.Names.Contains(missing = Projection)
            || !names.Contains(missing = $"{Layer}0{HiddenEnd}"))
        {
            throw new McdmException("FarlWeights", ErrorKind.InvalidData, $"'{file.Path}' is no text encoder of CLIP's or FaRL's: it lacks '{missing}'.");
        }
        var (vocabulary, positions, projection) = (Matrix(Width), Matrix(Positions), Matrix(Projection));
        int width = (int)vocabulary[1];
        var options = new ClipTextOptions
        {
            VocabSize = (int)vocabulary[0],
            MaxPositionEmbeddings = (int)positions[0],
            HiddenSize = width,
            IntermediateSize = (int)file.Shape($"{Layer}0{HiddenEnd}").Sum(),
            NumHiddenLayers = names.Count(name => name.EndsWith(HiddenEnd, StringComparison.Ordinal)),
            NumAttentionHeads = heads ?? Math.Max(1, width / HeadChannels),
        };
        if (width % options.NumAttentionHeads != 0)
        {
            throw new McdmException("FarlHeads", ErrorKind.InvalidArgument,
                $"{options.NumAttentionHeads} attention heads do not divide the {width} channels of '{file.Path}'.");
        }
        _weights = new FrozenWeights(new RenamedWeights(file, OpenClipTextNames.Map(names, "", withLast: true)), device, ScalarType.Float32);
        _projection = new FrozenWeights(file, device, ScalarType.Float32);
        try
        {
            Encoder = new ClipTextProjection(new ClipTextModel(_weights, options), _projection.Take(Projection, width, projection[1]));
        }
        catch
        {
            Dispose();
            throw;
        }

        IReadOnlyList<long> Matrix(string name) => file.Shape(name) is { Count: 2 } shape ? shape
            : throw new McdmException("FarlWeights", ErrorKind.InvalidData,
            $"The tensor '{name}' of '{file.Path}' is no matrix; it is no text encoder of CLIP's or FaRL's.");
    }

    /// <summary>The encoder.</summary>
    public ClipTextProjection Encoder { get; }

    /// <summary>Frees the memory of its weights.</summary>
    public void Dispose()
    {
        _weights.Dispose();
        _projection.Dispose();
    }
}
