namespace Mcdm.Layers.UNet2D;

/// <summary>What networks of blocks have in common: levels from the finest to the coarsest, which the way up takes in the other order.</summary>
internal abstract record BlockOptions : NetworkOptions
{
    private const int MaxLevels = 10, MaxLayers = 64;

    public int InChannels { get; init; } = 3;

    public int OutChannels { get; init; } = 3;

    /// <summary>Channels at each level; every level halves the sides of the one before.</summary>
    public IReadOnlyList<int> BlockOutChannels { get; init; } = [64];

    public IReadOnlyList<string> DownBlockTypes { get; init; } = [];

    public IReadOnlyList<string> UpBlockTypes { get; init; } = [];

    /// <summary>Residual blocks at each level on the way down; one more on the way up.</summary>
    public PerLevel LayersPerBlock { get; init; } = 1;

    public int? NormNumGroups { get; init; } = 32;

    public int Groups => NormNumGroups ?? 32;

    public int Levels => BlockOutChannels.Count;

    public override IEnumerable<Rule> Rules()
    {
        yield return new(Levels <= MaxLevels, nameof(BlockOutChannels), $"a list of at most {MaxLevels}");
        yield return ForEach(LayersPerBlock, nameof(LayersPerBlock));
        yield return new(LayersPerBlock.For(Levels).All(count => count <= MaxLayers), nameof(LayersPerBlock), $"a number of layers from 1 to {MaxLayers}");
        yield return Divides(Groups, BlockOutChannels, nameof(NormNumGroups));
        yield return new(DownBlockTypes.Count == Levels, nameof(DownBlockTypes), $"a list of {Levels}");
        yield return new(UpBlockTypes.Count == Levels || UpBlockTypes.Count == 0, nameof(UpBlockTypes), $"a list of {Levels}");
    }

    protected Rule ForEach(PerLevel value, string property, int least = 1) => new(value.Each is null || (value.Each.Count == Levels
        && value.Each.All(number => number >= least)), property, $"a number or a list of {Levels}{(least == 0 ? "" : $" from {least} on")}");
}
