namespace Mcdm.Families;

/// <summary>What a file holds that changes a model and is none: a LoRA or one of its kin, or embeddings of words.</summary>
/// <param name="Kind">What it is, such as <c>LoRA</c>.</param>
public sealed record AdapterDescription(string Kind)
{
    /// <summary>The family of models that it is for; null where neither its header nor its sizes say so.</summary>
    public string? Base { get; init; }

    /// <summary>The ranks of its factors, the smallest first; for words none.</summary>
    public IReadOnlyList<long> Ranks { get; init; } = [];

    /// <summary>The words, each with the number of its vectors; for other adapters none.</summary>
    public IReadOnlyDictionary<string, long> Tokens { get; init; } = new Dictionary<string, long>();

    /// <summary>The words that its header says it was trained with.</summary>
    public IReadOnlyList<string> TriggerWords { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => Base is null ? Kind : $"{Kind} for {Base}";
}
