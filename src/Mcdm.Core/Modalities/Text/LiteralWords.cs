using System.Text.RegularExpressions;

namespace Mcdm.Modalities.Text;

/// <summary>What in a sentence is a language of prompts elsewhere, for experts that read sentences as they stand.</summary>
internal static partial class LiteralWords
{
    /// <summary>Why a sentence may not be read as it is meant, in a sentence; null for no reason.</summary>
    /// <param name="condition">A condition with a sentence.</param>
    public static string? Doubt(Condition condition) => condition.IsLiteral || Signs().Match(condition.Text!) is not { Success: true } sign ? null
        : $"Of {condition}, '{sign.Value}' is read literally: only experts of Stable Diffusion's prompts read weights of words, BREAK and AND; elsewhere a "
            + "condition has a weight of its own (-Weight).";

    /// <summary>(words:1.3), ((words)), &lt;lora:name:1&gt;, BREAK and AND.</summary>
    [GeneratedRegex(@"\([^()]+:\s*\d+(\.\d+)?\)|\(\([^()]+\)\)|<\w+:[^<>]+>|\bBREAK\b|\bAND\b", RegexOptions.CultureInvariant)]
    private static partial Regex Signs();
}
