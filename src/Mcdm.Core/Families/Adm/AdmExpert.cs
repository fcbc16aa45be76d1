using Mcdm.Experts;
using Mcdm.Modalities;
using Mcdm.Modalities.Text;
using static TorchSharp.torch;

namespace Mcdm.Families.Adm;

/// <summary>A part that a network of ADM's kind can play: what it reads.</summary>
internal abstract record AdmRole(string Name, Modality? Modality)
{
    /// <summary>What a condition becomes, with batch dimension 1.</summary>
    /// <param name="condition">A condition of the role's modality.</param>
    /// <param name="space">The space at the pictures' size.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut.</param>
    public abstract (AdmInputs Inputs, Condition Normal) Encode(Condition condition, LatentSpace space, Action<string>? note);

    /// <summary>What is read without a condition; null where the role cannot do without.</summary>
    public virtual AdmInputs? Unconditioned() => null;
}

/// <summary>
/// An expert by openai/guided-diffusion's U-Net (Dhariwal and Nichol 2021). Networks that read several things, as that of Unite and Conquer, are several
/// experts. The variance that they predict is left: a composition has none of its own.
/// </summary>
internal sealed class AdmExpert : Expert
{
    private readonly AdmRole _role;
    private readonly AdmDenoiser _denoiser;
    private readonly SharedLifetime _lifetime;

    /// <param name="role">What it reads.</param>
    /// <param name="space">Its pictures.</param>
    /// <param name="denoiser">The network, which others may share.</param>
    /// <param name="lifetime">Whose user it is.</param>
    public AdmExpert(AdmRole role, LatentSpace space, AdmDenoiser denoiser, SharedLifetime lifetime)
        : base(role.Name, space, denoiser.Network.Options.Prediction)
    {
        (_role, _denoiser, _lifetime) = (role, denoiser, lifetime);
        lifetime.Enter();
    }

    /// <inheritdoc/>
    public override Modality? Modality => _role.Modality;

    internal override IEnumerable<(object Network, long Parameters)> Networks => [(Network, Network.Parameters)];

    /// <inheritdoc/>
    public override Device Device => Network.Device;

    /// <inheritdoc/>
    public override ScalarType Precision => Network.Type;

    /// <inheritdoc/>
    public override IDenoiser Denoiser => _denoiser;

    /// <inheritdoc/>
    public override ExpertInputs? Unconditioned() => _role.Unconditioned();

    private protected override EncodedInputs Encode(Condition condition, LatentSpace space, Action<string>? note)
    {
        var (inputs, normal) = _role.Encode(condition, space, note);
        return new(inputs.Select(tensor => tensor.to(Device)), normal, Modality == Modality.Text ? LiteralWords.Doubt(condition) : null);
    }

    private protected override void RequireSize(LatentSpace space)
    {
        if (space.Width % Network.Shape.Factor != 0 || space.Height % Network.Shape.Factor != 0)
        {
            throw new McdmException("SizeIndivisible", ErrorKind.InvalidArgument,
                $"Pictures of {space.PictureWidth}×{space.PictureHeight} pixels cannot be halved as often as the {Name} expert's network needs; "
                + $"give multiples of {Network.Shape.Factor}.");
        }
    }

    internal override long BytesPerPicture(LatentSpace space) => LiveBytes((long)space.Height * space.Width, Network.Shape.ModelChannels);

    private protected override void Release() => _lifetime.Leave();

    private AdmUNet Network => _denoiser.Network;
}
