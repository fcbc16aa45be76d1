using Mcdm.Layers;
using Mcdm.Layers.UNet2D;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Networks;

/// <summary>What pictures add inside one evaluation of a U-Net, each to its own rows of the batch.</summary>
internal sealed record UNetAdded
{
    /// <summary>What is added to each skip and, last, to what the middle gives (ControlNets).</summary>
    public IReadOnlyList<AddedRows> Skips { get; init; } = [];

    /// <summary>What is added on the way down to what each level gives and, where one more fits there, to what the middle gives (T2I-Adapters).</summary>
    public IReadOnlyList<AddedRows> Levels { get; init; } = [];

    /// <summary>What cross-attention looks at beside the context (IP-Adapters).</summary>
    public IReadOnlyList<ImageContext> Images { get; init; } = [];

    /// <summary>What is added to some rows of the batch, as a batch of them.</summary>
    /// <param name="rows">The rows' numbers.</param>
    public UNetAdded At(IReadOnlyList<int> rows) => new()
    {
        Skips = [.. Skips.SelectMany(one => one.At(rows))],
        Levels = [.. Levels.SelectMany(one => one.At(rows))],
        Images = [.. Images.SelectMany(one => one.At(rows))],
    };

    /// <summary>What several pictures add.</summary>
    public static UNetAdded Together(IReadOnlyList<UNetAdded> all) => new()
    {
        Skips = [.. all.SelectMany(one => one.Skips)],
        Levels = [.. all.SelectMany(one => one.Levels)],
        Images = [.. all.SelectMany(one => one.Images)],
    };
}

/// <summary>What is added at some places of a U-Net to some rows of its batch.</summary>
/// <param name="Places">For each place [count or 1, channels, height, width], or [count or 1, channels, 1, 1] where it is the same everywhere.</param>
/// <param name="First">The first row.</param>
/// <param name="Count">How many rows.</param>
internal sealed record AddedRows(IReadOnlyList<Tensor> Places, long First, long Count)
{
    /// <summary>What is added to some rows of the batch, as a batch of them.</summary>
    public IEnumerable<AddedRows> At(IReadOnlyList<int> rows) => TensorRows.Within(rows, First, Count)
        .Select(row => new AddedRows(Places.Select(place => place.Rows([row.Own])).ToList(), row.Place, 1));

    /// <summary>Whether there is something for a place, of the size of what is there.</summary>
    public bool Fits(int place, Tensor x) => place < Places.Count && Places[place].shape.AsSpan(1).SequenceEqual(x.shape.AsSpan(1));

    /// <summary>Adds what belongs to a place.</summary>
    /// <param name="place">Its number; for one beyond the last there is nothing.</param>
    /// <param name="x">What is there, [batch, channels, height, width]; changed.</param>
    public void AddTo(int place, Tensor x)
    {
        if (place < Places.Count) { x.narrow(0, First, Count).add_(Places[place]); }
    }
}
