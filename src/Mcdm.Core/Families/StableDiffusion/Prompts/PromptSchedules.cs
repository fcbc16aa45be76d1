using System.Text.RegularExpressions;

namespace Mcdm.Families.StableDiffusion.Prompts;

/// <summary>Brackets that, in AUTOMATIC1111, change a prompt while it is sampled: <c>[cat:dog:0.5]</c>, <c>[cat:0.5]</c>, <c>[cat|dog]</c>.</summary>
internal static partial class PromptSchedules
{
    /// <summary>The first of them in a prompt; null where there is none.</summary>
    public static string? FirstIn(string prompt)
    {
        var open = new Stack<Bracket>();
        for (int at = 0; at < prompt.Length; at++)
        {
            switch (prompt[at])
            {
                case '\\': at++; break;
                case '(' or '[': open.Push(new Bracket(prompt[at], at)); break;
                case ':' when open.TryPeek(out var inside): inside.Colons.Add(at); break;
                case '|' when open.TryPeek(out var inside): inside.HasBar = true; break;
                case ')' or ']':
                    // A bracket that closes none of its kind is text, and so are those before it.
                    if (!open.TryPop(out var closed) || closed.Sign != (prompt[at] == ')' ? '(' : '[')) { open.Clear(); }
                    else if (closed.Sign == '[' && IsSchedule(prompt, closed, at)) { return prompt[closed.At..(at + 1)]; }
                    break;
                default: break;
            }
        }
        return null;
    }

    private static bool IsSchedule(string prompt, Bracket bracket, int end) =>
        bracket.HasBar || (bracket.Colons.Count is 1 or 2 && Number().IsMatch(prompt.AsSpan((bracket.Colons[^1] + 1)..end)));

    private sealed class Bracket(char sign, int at)
    {
        public char Sign => sign;

        public int At => at;

        public List<int> Colons { get; } = [];

        public bool HasBar { get; set; }
    }

    [GeneratedRegex(@"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
