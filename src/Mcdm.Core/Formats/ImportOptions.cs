namespace Mcdm.Formats;

/// <summary>What a user says of models that others trained.</summary>
public sealed record ImportOptions
{
    /// <summary>LoRA files, each an expert over the model's U-Net.</summary>
    public IReadOnlyList<string> Loras { get; init; } = [];

    /// <summary>Variant of the weights, such as <c>fp16</c>; null for what is there.</summary>
    public string? Variant { get; init; }

    /// <summary>All of it as text: equal for equal options.</summary>
    public string Key => string.Join('\n', [.. Loras, Variant ?? ""]);
}
