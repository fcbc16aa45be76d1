using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.Adm;

/// <summary>A part that a network of ADM's kind can play: what it reads, and how that becomes the network's input.</summary>
internal abstract record AdmRole(string Name, Modality? Modality)
{
    /// <summary>What a condition becomes, with batch dimension 1.</summary>
    /// <param name="condition">A condition of the role's modality.</param>
    /// <param name="space">The space at the pictures' size.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut.</param>
    public abstract EncodedCondition Encode(Condition condition, LatentSpace space, Action<string>? note);

    /// <summary>The network's input.</summary>
    /// <param name="condition">What <see cref="Encode"/> gave; null for none.</param>
    public abstract AdmInputs Inputs(ConditionTensors? condition);
}

/// <summary>
/// An expert by openai/guided-diffusion's U-Net (Dhariwal and Nichol 2021). Networks that read several things, as that of Unite and Conquer, are several experts. The
/// variance that they predict is left: a composition has none of its own.
/// </summary>
internal sealed class AdmExpert : Expert
{
    private readonly AdmUNet _network;
    private readonly AdmRole _role;
    private readonly SharedLifetime _lifetime;

    /// <param name="role">What it reads.</param>
    /// <param name="space">Its pictures.</param>
    /// <param name="network">The network, which others may share.</param>
    /// <param name="lifetime">Whose user it is.</param>
    public AdmExpert(AdmRole role, LatentSpace space, AdmUNet network, SharedLifetime lifetime) : base(role.Name, space, network.Options.Prediction)
    {
        (_role, _network, _lifetime) = (role, network, lifetime);
        lifetime.Enter();
    }

    /// <inheritdoc/>
    public override Modality? Modality => _role.Modality;

    internal override IEnumerable<(object Network, long Parameters)> Networks => [(_network, _network.Parameters)];

    /// <inheritdoc/>
    public override Device Device => _network.Device;

    /// <inheritdoc/>
    public override ScalarType Precision => _network.Type;

    private protected override EncodedCondition Encode(Condition condition, LatentSpace space, Action<string>? note)
    {
        var encoded = _role.Encode(condition, space, note);
        return encoded with { Tensors = encoded.Tensors.Select(tensor => tensor.to(Device)) };
    }

    private protected override Tensor PredictByNetwork(Tensor z, NoiseLevel level, ConditionTensors? condition)
    {
        var inputs = _role.Inputs(condition?.Select(tensor => tensor.expand([z.shape[0], .. tensor.shape[1..]])));
        return _network.Forward(z, full([z.shape[0]], TimeOf(level), dtype: ScalarType.Float32, device: z.device), inputs).Prediction;
    }

    private protected override void RequireSize(LatentSpace space)
    {
        if (space.Width % _network.Shape.Factor != 0 || space.Height % _network.Shape.Factor != 0)
        {
            throw new McdmException("SizeIndivisible", ErrorKind.InvalidArgument,
                $"Pictures of {space.PictureWidth}×{space.PictureHeight} pixels cannot be halved as often as the {Name} expert's network needs; give multiples of {_network.Shape.Factor}.");
        }
    }

    internal override long BytesPerPicture(LatentSpace space) => LiveBytes((long)space.Height * space.Width, _network.Shape.ModelChannels);

    private protected override void Release() => _lifetime.Leave();

    /// <summary>Time as the network is told it, which counts from 0.</summary>
    private double TimeOf(NoiseLevel level) => (level.T - 1) * (_network.Options.RescaleTimesteps ? 1000.0 / _network.Options.Steps : 1);
}
