namespace Mcdm.Families.StableDiffusion.Prompts;

/// <summary>As much of a prompt as a text encoder reads at once.</summary>
/// <param name="Ids">Numbers of the tokens, start, end and filling among them; 0 where a vector of an embedding stands.</param>
/// <param name="Weights">By what each token's output is multiplied; 1 for start, end and filling.</param>
/// <param name="Embeddings">The embeddings in it, each with the place of its first vector among the tokens.</param>
internal sealed record PromptChunk(IReadOnlyList<int> Ids, IReadOnlyList<float> Weights, IReadOnlyList<(int Place, TextInversion Embedding)> Embeddings);
