using System.Security.Cryptography;
using System.Text;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>A loaded expert of another model as an expert of this one, called after both (<see cref="Bridge"/>). The other model owns its memory.</summary>
internal sealed class BridgedExpert : Expert
{
    /// <summary>Positions of z along which all networks of a kind can halve it: eight on each side.</summary>
    private const int Granularity = 8;

    private readonly Expert _expert, _unconditional, _own;
    private readonly Bridge _bridge;

    /// <param name="model">The other model's name.</param>
    /// <param name="expert">Its expert.</param>
    /// <param name="unconditional">Its ε_u.</param>
    /// <param name="own">ε_u of the model that samples.</param>
    /// <param name="bridge">Between their spaces.</param>
    public BridgedExpert(string model, Expert expert, Expert unconditional, Expert own, Bridge bridge)
        : base($"{model}.{expert.Name}", own.Space, own.Space.Prediction)
    {
        (_expert, _unconditional, _own, _bridge) = (expert, unconditional, own, bridge);
        Training = expert.Training;
        Sha256 = expert.Sha256 is { } sha && unconditional.Sha256 is { } other
            ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{sha} {other}"))).ToLowerInvariant() : null;
    }

    /// <inheritdoc/>
    public override Modality? Modality => _expert.Modality;

    /// <inheritdoc/>
    public override Device Device => _expert.Device;

    /// <inheritdoc/>
    public override ScalarType Precision => _expert.Precision;

    /// <inheritdoc/>
    public override IReadOnlyList<Part>? Parts => _expert.Parts;

    /// <inheritdoc/>
    public override IReadOnlyList<string> TextNames => _expert.TextNames;

    /// <inheritdoc/>
    public override IDenoiser Denoiser => In(Space);

    /// <summary>Between the spaces.</summary>
    public Bridge Bridge => _bridge;

    internal override IEnumerable<(object Network, long Parameters)> Networks => _expert.Networks.Concat(_unconditional.Networks);

    /// <inheritdoc/>
    public override IExpert At(int width, int height) => In(Space.At(width, height));

    private protected override EncodedInputs Encode(Condition condition, LatentSpace space, Action<string>? note) => In(space).Encode(condition, note);

    internal override long Offload() => _expert.Offload() + _unconditional.Offload();

    internal override long BytesPerPicture(LatentSpace space)
    {
        var (width, height) = SizeFor(space);
        return _expert.BytesPerPicture(_expert.Space.At(width, height));
    }

    /// <summary>The other model owns it.</summary>
    private protected override void Release()
    {
    }

    private CrossingExpert In(LatentSpace space)
    {
        var (width, height) = SizeFor(space);
        return new CrossingExpert(Name, space, _expert.At(width, height), _unconditional.At(width, height),
            _own.At(space.PictureWidth, space.PictureHeight), _bridge);
    }

    /// <summary>The size at which the other model sees a picture: as many pixels as it is used to, in the picture's proportions.</summary>
    private (int Width, int Height) SizeFor(LatentSpace space)
    {
        var own = _expert.Space;
        int unit = own.Factor * Granularity;
        if (own.PictureWidth * space.PictureHeight == own.PictureHeight * space.PictureWidth) { return (own.PictureWidth, own.PictureHeight); }
        double side = Math.Sqrt((double)own.PictureWidth * own.PictureHeight * space.PictureWidth / space.PictureHeight);
        return (Rounded(side), Rounded((double)own.PictureWidth * own.PictureHeight / side));

        int Rounded(double pixels) => Math.Max(1, (int)Math.Round(pixels / unit)) * unit;
    }
}
