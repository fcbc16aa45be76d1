namespace Mcdm.Families.StableDiffusion.Prompts;

/// <summary>A piece of a prompt with one weight, or the word that begins another chunk.</summary>
/// <param name="Text">The text.</param>
/// <param name="Weight">By what its tokens are multiplied where the text encoder gives them.</param>
internal readonly record struct WeightedText(string Text, double Weight)
{
    /// <summary>The word that begins another chunk.</summary>
    public const string Break = "BREAK";

    /// <summary>What stands for it; within brackets it has another weight, and is the word.</summary>
    public static WeightedText NextChunk { get; } = new(Break, -1);

    /// <summary>Whether another chunk begins here.</summary>
    public bool IsBreak => this == NextChunk;
}
