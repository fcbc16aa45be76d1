using Markdig.Syntax;

namespace Mcdm.Help;

/// <summary>A heading and the blocks under it, up to the next heading of its level.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Blocks">What stands under it.</param>
/// <param name="Line">The heading's line, from 1.</param>
internal sealed record Section(string Title, IReadOnlyList<Block> Blocks, int Line)
{
    /// <summary>Cuts blocks at the headings of a level; what stands before the first such heading is left out.</summary>
    public static IReadOnlyList<Section> Cut(IEnumerable<Block> blocks, int level)
    {
        var sections = new List<Section>();
        List<Block>? current = null;
        foreach (var block in blocks)
        {
            if (block is HeadingBlock heading && heading.Level <= level)
            {
                current = null;
                if (heading.Level < level) { continue; }
                current = [];
                sections.Add(new Section(Markdown.Line(heading), current, Markdown.LineOf(heading)));
            }
            else
            {
                current?.Add(block);
            }
        }
        return sections;
    }
}
