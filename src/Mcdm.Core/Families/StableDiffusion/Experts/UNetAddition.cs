using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Imaging;
using Mcdm.Layers.UNet2D;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>What a picture adds to a U-Net that reads prompts, by a network of its own: a ControlNet, an IP-Adapter, a T2I-Adapter.</summary>
/// <param name="name">What its expert is called.</param>
internal abstract class UNetAddition(string name)
{
    /// <summary>What its expert is called.</summary>
    public string Name => name;

    /// <summary>Its networks, which others may share, and the number of parameters of each.</summary>
    public abstract IEnumerable<(object Network, long Parameters)> Networks { get; }

    /// <summary>Parameters of what runs at each step beside the U-Net; the others read the picture once.</summary>
    public virtual long ParametersPerStep => 0;

    /// <summary>
    /// Whether it acts on the first half of the U-Net. What does not leaves that half as it is without any picture, which so is evaluated once for all experts
    /// of one prompt.
    /// </summary>
    public virtual bool ActsOnEncoder => true;

    /// <summary>Whether other programs have a guess mode of it (ControlNets).</summary>
    public virtual bool HasGuessMode => false;

    /// <summary>Whether it says the same at every place, as what shuffles does: other programs add that to prompts alone.</summary>
    public virtual bool IsPooled => false;

    /// <summary>Whether other programs have it act in a part of the picture by a mask inside the U-Net (IP-Adapters).</summary>
    public virtual bool TakesMask => false;

    /// <summary>What must divide the sides of the pictures that are sampled.</summary>
    public virtual int PictureFactor => 1;

    /// <summary>A condition's picture as the network reads it.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="space">The space at the size of what is sampled.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut.</param>
    /// <returns>The picture, which becomes itself again; and what may not be meant, in a sentence, or null.</returns>
    public abstract (Picture Picture, string? Doubt) Understood(Condition condition, LatentSpace space, Action<string>? note);

    /// <summary>What can be computed of a picture alone, once for all steps: tensors with batch dimension 1, on the network's device or any.</summary>
    /// <param name="picture">What <see cref="Understood"/> gave.</param>
    public abstract IReadOnlyList<Tensor> Read(Picture picture);

    /// <inheritdoc cref="Expert.Offload"/>
    public virtual long Offload() => 0;

    /// <summary>The same of no picture, for where other programs have it so on the negative side; null where they have the picture on both.</summary>
    public virtual IReadOnlyList<Tensor>? ReadNothing() => null;

    /// <summary>Two pictures of this addition inside one evaluation as one, where other programs join them; null where both act by themselves.</summary>
    /// <param name="first">The picture.</param>
    /// <param name="second">The other.</param>
    /// <exception cref="McdmException">They cannot be joined.</exception>
    public virtual AddedPicture? Joined(AddedPicture first, AddedPicture second) => null;

    /// <summary>What it adds to an evaluation of the U-Net.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="rows">The rows that it acts on.</param>
    /// <param name="scale">By what is multiplied what it adds, [rows or 1].</param>
    public abstract UNetAdded Act(AddedPicture picture, UNetRows rows, Tensor scale);

    /// <summary>Whether its network was trained to take several pictures at once, of which this one reads those of one type.</summary>
    public virtual bool TakesSeveral => false;

    /// <summary>What its network adds for several pictures at once, in its own way of joining them.</summary>
    /// <param name="rows">The rows that they act on.</param>
    /// <param name="pictures">The pictures, all of one network that takes several, and how strongly each acts, [rows or 1].</param>
    public virtual UNetAdded Together(UNetRows rows, IReadOnlyList<(AddedPicture Picture, Tensor Scale)> pictures) =>
        throw new NotSupportedException($"'{Name}' takes one picture.");
}

/// <summary>Some rows of a batch that a U-Net evaluates.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Z">Their noisy latents, float32 [rows, channels, height, width].</param>
/// <param name="Time">Their time steps as the U-Net counts them, float32 [rows].</param>
/// <param name="Context">What the U-Net attends to, [rows, tokens, width].</param>
internal readonly record struct UNetRows(long First, Tensor Z, Tensor Time, Tensor Context)
{
    /// <summary>What a U-Net of Stable Diffusion XL is told with the time, with 1 row or as many; null for others.</summary>
    public TextTime? Told { get; init; }

    /// <summary>How many.</summary>
    public long Count => Z.shape[0];
}
