using Mcdm.Layers;
using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>
/// What a ControlNet for several types of pictures has beside others: which types are there goes into the time embedding, and what a picture is as a whole,
/// with its type, through a transformer block to each of its places.
/// </summary>
/// <remarks>
/// In the original, the block's attention runs over the rows of a batch and not over tokens; with one row, as it was meant in training, each token sees itself
/// alone, so that queries and keys do not matter. Nothing of a row depends on another here.
/// </remarks>
internal sealed class ControlTypes
{
    private const double Epsilon = 1e-5, QuickGeluSlope = 1.702;

    private readonly FrozenWeights _weights;
    private readonly ControlNetUnionOptions _options;
    private readonly Tensor _tasks, _valueWeight, _valueBias;
    private readonly LayerNorm _norm1, _norm2;
    private readonly Linear _output, _widen, _narrow, _places, _linear1, _linear2;

    /// <param name="weights">The ControlNet's.</param>
    /// <param name="options">Its shape.</param>
    public ControlTypes(FrozenWeights weights, ControlNetUnionOptions options)
    {
        (_weights, _options) = (weights, options);
        int width = options.BlockOutChannels[0];
        _tasks = weights.Take("task_embedding", options.NumControlType, width);
        // So spelt in all files.
        var block = weights.At("transformer_layes.0");
        _norm1 = block.LayerNorm("ln_1", width, Epsilon);
        _norm2 = block.LayerNorm("ln_2", width, Epsilon);
        _valueWeight = block.Take("attn.in_proj_weight", 3 * width, width).narrow(0, 2 * width, width).DetachFromDisposeScope();
        _valueBias = block.Take("attn.in_proj_bias", 3 * width).narrow(0, 2 * width, width).DetachFromDisposeScope();
        _output = block.Linear("attn.out_proj", width, width);
        _widen = block.Linear("mlp.c_fc", width, 4 * width);
        _narrow = block.Linear("mlp.c_proj", 4 * width, width);
        _places = weights.Linear("spatial_ch_projs", width, width);
        _linear1 = weights.Linear("control_add_embedding.linear_1", (long)options.NumControlType * options.AdditionTimeEmbedDim!.Value, options.TimeChannels);
        _linear2 = weights.Linear("control_add_embedding.linear_2", options.TimeChannels, options.TimeChannels);
    }

    /// <summary>Which types are there, for the time embedding, [1, time channels].</summary>
    public Tensor Embedding(IEnumerable<int> types)
    {
        using var scope = NewDisposeScope();
        var present = zeros(_options.NumControlType, device: _weights.Device);
        foreach (int type in types) { present[type] = 1; }
        var sinusoids = Sinusoids.Of(present, _options.AdditionTimeEmbedDim!.Value, _options.FlipSinToCos, _options.FreqShift, _weights.Device);
        return _linear2.Forward(functional.silu(_linear1.Forward(sinusoids.reshape(1, -1).to(_weights.Type)))).MoveToOuterDisposeScope();
    }

    /// <summary>A picture's features with what it is as a whole.</summary>
    /// <param name="features">What the ControlNet makes of the picture, [batch or 1, channels, height, width].</param>
    /// <param name="type">Its type.</param>
    /// <param name="scale">How strongly it acts beside others, [batch or 1]; null for a picture alone.</param>
    /// <returns>[batch or 1, channels, height, width]</returns>
    public Tensor Told(Tensor features, int type, Tensor? scale)
    {
        using var scope = NewDisposeScope();
        var token = features.mean([2, 3]) + _tasks[type];
        var factor = scale?.to(_weights.Type).reshape(-1, 1);
        if (factor is not null) { (token, features) = (token * factor, features * factor.unsqueeze(-1).unsqueeze(-1)); }
        token = token + _output.Forward(functional.linear(_norm1.Forward(token), _valueWeight, _valueBias));
        var wide = _widen.Forward(_norm2.Forward(token));
        token = token + _narrow.Forward(wide * (QuickGeluSlope * wide).sigmoid());
        var places = _places.Forward(token);
        if (factor is not null) { places = places * factor; }
        return (features + places.unsqueeze(-1).unsqueeze(-1)).MoveToOuterDisposeScope();
    }
}
