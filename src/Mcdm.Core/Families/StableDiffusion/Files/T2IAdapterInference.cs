using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Weights;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>The shape of a T2I-Adapter that no configuration describes, from its tensors in diffusers' names.</summary>
internal static class T2IAdapterInference
{
    private const int Levels = 4, Factor = 8, FactorXL = 16;

    /// <exception cref="McdmException"><c>WeightsMissing</c>, <c>WeightsShape</c>.</exception>
    public static T2IAdapterOptions Read(IWeights weights)
    {
        var shapes = new TensorShapes(weights);
        bool isLight = shapes.Has("adapter.body.0.out_conv.weight");
        int columns = shapes.Size(isLight ? "adapter.body.0.in_conv.weight" : "adapter.conv_in.weight", 1);
        // One channel or three, of so many places each: 64 and 192, of XL's 256 and 768.
        bool isXL = !isLight && columns is FactorXL * FactorXL or 3 * FactorXL * FactorXL;
        int factor = isXL ? FactorXL : Factor;
        return new T2IAdapterOptions
        {
            AdapterType = isLight ? T2IAdapterOptions.Light : isXL ? T2IAdapterOptions.FullXL : T2IAdapterOptions.Full,
            InChannels = columns / (factor * factor),
            DownscaleFactor = factor,
            Channels = [.. Enumerable.Range(0, isLight ? Levels - 1 : Levels)
                .Select(level => shapes.Size(isLight ? $"adapter.body.{level}.out_conv.weight" : $"adapter.body.{level}.resnets.0.block2.weight", 0))],
            NumResBlocks = Math.Max(1, shapes.Count(i => $"adapter.body.0.resnets.{i}.block1.weight")),
        };
    }
}
