using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>The features of a T2I-Adapter, which are of the picture alone: a step costs nothing beside the U-Net.</summary>
/// <param name="name">What its expert is called.</param>
/// <param name="network">The adapter.</param>
internal sealed class T2IAdapterAddition(string name, T2IAdapterModel network) : UNetAddition(name)
{
    /// <inheritdoc/>
    public override IEnumerable<(object Network, long Parameters)> Networks => [(network, network.Parameters)];

    /// <inheritdoc/>
    public override int PictureFactor => network.Options.DownscaleFactor;

    /// <inheritdoc/>
    public override (Picture Picture, string? Doubt) Understood(Condition condition, LatentSpace space, Action<string>? note) =>
        ControlPictures.AtSize(condition, Name, keepsHoles: false, space, note);

    /// <summary>The features of each level, [1, channels, height, width].</summary>
    public override IReadOnlyList<Tensor> Read(Picture picture)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var pixels = network.Options.InChannels == 1 ? PictureTensor.Brightness(picture) : ((PictureTensor.ToTensor(picture) + 1) / 2).unsqueeze(0);
        var features = network.Forward(pixels);
        foreach (var feature in features) { feature.MoveToOuterDisposeScope(); }
        return features;
    }

    /// <inheritdoc/>
    public override UNetAdded Act(AddedPicture picture, UNetRows rows, Tensor scale)
    {
        var factors = scale.to(picture.Read[0].dtype).reshape(-1, 1, 1, 1);
        return new() { Levels = [new(picture.Read.Select(feature => feature * factors).ToList(), rows.First, rows.Count)] };
    }
}
