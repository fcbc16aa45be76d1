namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>What a user says of how a model reads prompts.</summary>
/// <param name="Embeddings">Files of embeddings that prompts may name; those of another width than the model's belong to another model.</param>
/// <param name="ClipSkip">The layer of the text encoder that is taken, from the end: 1 is the last.</param>
internal sealed record PromptSettings(IReadOnlyList<string> Embeddings, int ClipSkip = 1);
