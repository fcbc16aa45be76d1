using System.Text;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Mcdm.Help;

/// <summary>Markdown as text for a terminal: no emphasis, links by their text, tables and code as they would be typed.</summary>
internal static class Markdown
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().Build();

    /// <summary>The blocks of a file.</summary>
    public static MarkdownDocument Read(string file) => Markdig.Markdown.Parse(File.ReadAllText(file), Pipeline);

    /// <summary>The texts of blocks.</summary>
    /// <param name="blocks">Blocks without section headings.</param>
    /// <param name="file">Their page.</param>
    /// <exception cref="HelpException">A block that has no place in help.</exception>
    public static IReadOnlyList<HelpText> Texts(IEnumerable<Block> blocks, string file) => [.. blocks.SelectMany(block => Texts(block, file))];

    /// <summary>A line of text.</summary>
    public static string Line(LeafBlock block) => block.Inline is null ? "" : Plain(block.Inline).Trim();

    private static IEnumerable<HelpText> Texts(Block block, string file) => block switch
    {
        HeadingBlock heading => [new HelpText(Line(heading), TextKind.Heading, LineOf(block))],
        ParagraphBlock paragraph => [new HelpText(Line(paragraph), TextKind.Paragraph, LineOf(block))],
        CodeBlock code => [new HelpText(Code(code), TextKind.Preformatted, LineOf(block))],
        Table table => [new HelpText(Columns(table), TextKind.Preformatted, LineOf(block))],
        ListBlock list => list.Cast<ListItemBlock>().Select((item, i) => Item(item, list.IsOrdered ? $"{i + 1}. " : "- ", file)),
        HtmlBlock => [],
        _ => throw new HelpException(file, LineOf(block), $"A {block.GetType().Name} has no place in help; write paragraphs, lists, tables and code."),
    };

    /// <summary>Where a block begins, from 1.</summary>
    public static int LineOf(Block block) => block.Line + 1;

    /// <summary>The lines of a block of code.</summary>
    public static string Code(LeafBlock code) => code.Lines.ToString().TrimEnd();

    private static HelpText Item(ListItemBlock item, string bullet, string file) =>
        item is [ParagraphBlock paragraph] ? new HelpText(bullet + Line(paragraph), TextKind.ListItem, LineOf(item))
            : throw new HelpException(file, LineOf(item), "An item of a list is one paragraph here; give further paragraphs no bullet.");

    private static string Columns(Table table)
    {
        string[][] rows = [.. table.Cast<TableRow>().Select(row => row.Cast<TableCell>().Select(cell => string.Join(' ', cell.OfType<LeafBlock>().Select(Line))).ToArray())];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        string Text(IEnumerable<string> cells) => string.Join("  ", cells.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd();
        return string.Join('\n', [Text(rows[0]), Text(widths.Select(width => new string('-', width))), .. rows.Skip(1).Select(Text)]);
    }

    private static string Plain(ContainerInline inlines)
    {
        var text = new StringBuilder();
        foreach (var inline in inlines)
        {
            text.Append(inline switch
            {
                CodeInline code => code.Content,
                LineBreakInline => " ",
                LiteralInline literal => literal.Content.ToString(),
                AutolinkInline link => link.Url,
                HtmlEntityInline entity => entity.Transcoded.ToString(),
                ContainerInline container => Plain(container),
                _ => "",
            });
        }
        return text.ToString();
    }
}
