using Mcdm.Experts;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Bridges;

/// <summary>A space that sees the picture through y = scale × x + shift.</summary>
internal sealed class LinearCodec(double scale, double shift) : IPictureCodec
{
    public int Encoded { get; private set; }

    public int Decoded { get; private set; }

    public Tensor Encode(Tensor pictures)
    {
        Encoded++;
        return scale * pictures + shift;
    }

    public Tensor Decode(Tensor latents)
    {
        Decoded++;
        return (latents - shift) / scale;
    }
}
