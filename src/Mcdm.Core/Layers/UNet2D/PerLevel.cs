namespace Mcdm.Layers.UNet2D;

/// <summary>A number for all levels of a network, or one for each.</summary>
/// <param name="One">The number for all.</param>
/// <param name="Each">Those for each, from the finest; null for the one.</param>
internal readonly record struct PerLevel(int One, IReadOnlyList<int>? Each = null)
{
    public PerLevel(IReadOnlyList<int> each) : this(0, each)
    {
    }

    public static implicit operator PerLevel(int one) => new(one);

    public int At(int level) => Each is null ? One : Each[level];

    public IReadOnlyList<int> For(int levels) => Each ?? Enumerable.Repeat(One, levels).ToArray();
}
