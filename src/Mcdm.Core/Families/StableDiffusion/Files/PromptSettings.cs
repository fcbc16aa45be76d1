using Mcdm.Families.StableDiffusion.Prompts;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>What a user says of how a model reads prompts.</summary>
/// <param name="Embeddings">Embeddings that prompts may name, the caller's; those of other widths than the model's belong to another model.</param>
/// <param name="ClipSkip">The layer of the text encoders that is taken, from the end: 1 is the last; null for the usual one.</param>
internal sealed record PromptSettings(IReadOnlyList<TextInversion> Embeddings, int? ClipSkip = null);
