using System.Globalization;

namespace Mcdm.Formats.Import;

/// <summary>What a user says of models that others trained.</summary>
public sealed record ImportOptions
{
    /// <summary>LoRA files, each an expert over the model's U-Net.</summary>
    public IReadOnlyList<string> Loras { get; init; } = [];

    /// <summary>By what each LoRA's change is multiplied; one number for all of them, or one each; 1 where none is given.</summary>
    public IReadOnlyList<double> LoraWeights { get; init; } = [];

    /// <summary>Whether all LoRAs become one expert, their changes added up, as other programs have it.</summary>
    public bool MergeLoras { get; init; }

    /// <summary>Variant of the weights, such as <c>fp16</c>; null for what is there.</summary>
    public string? Variant { get; init; }

    /// <summary>All of it as text: equal for equal options.</summary>
    public string Key => string.Join('\n', [.. Loras, .. LoraWeights.Select(weight => weight.ToString("R", CultureInfo.InvariantCulture)), $"{MergeLoras}", Variant ?? ""]);
}
