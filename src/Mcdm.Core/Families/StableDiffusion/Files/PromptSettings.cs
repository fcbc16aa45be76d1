namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>What a user says of how a model reads prompts.</summary>
/// <param name="Embeddings">Files of embeddings that prompts may name; those of another width than the model's belong to another model.</param>
/// <param name="ClipSkip">The layer of the text encoders that is taken, from the end: 1 is the last; null for the usual one.</param>
internal sealed record PromptSettings(IReadOnlyList<string> Embeddings, int? ClipSkip = null);
