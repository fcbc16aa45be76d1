using System.Text.RegularExpressions;
using Markdig.Syntax;

namespace Mcdm.Help;

/// <summary>Reads <c>docs/help/Verb-Noun.md</c>, whose headings are those of PlatyPS.</summary>
public static partial class CommandPageReader
{
    private static readonly string[] s_headings = ["SYNOPSIS", "DESCRIPTION", "EXAMPLES", "PARAMETERS", "INPUTS", "OUTPUTS", "NOTES", "RELATED LINKS"];
    private static readonly string[] s_optional = ["INPUTS", "NOTES"];

    private const string CodeInfo = "powershell";

    /// <summary>Reads the pages of all cmdlets in a folder.</summary>
    /// <exception cref="HelpException">A page does not say what a page must say.</exception>
    public static IReadOnlyList<CommandPage> ReadAll(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*-*.md").Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>Reads a page.</summary>
    /// <exception cref="HelpException">It does not say what a page must say.</exception>
    public static CommandPage Read(string file)
    {
        var blocks = Markdown.Read(file);
        string name = Path.GetFileNameWithoutExtension(file);
        if (blocks.FirstOrDefault() is not HeadingBlock { Level: 1 } title || Markdown.Line(title) != name)
        {
            throw new HelpException(file, 1, $"The page begins with '# {name}', the cmdlet that it is named after.");
        }
        var sections = Section.Cut(blocks, level: 2);
        string[] headings = [.. sections.Select(section => section.Title)];
        if (!headings.SequenceEqual(s_headings.Where(heading => headings.Contains(heading) || !s_optional.Contains(heading))))
        {
            throw new HelpException(file, 1, $"A page has the headings {string.Join(", ", s_headings)}, in this order ({string.Join(" and ", s_optional)} where there is something to say); here they are {string.Join(", ", headings)}.");
        }
        IReadOnlyList<Block> Under(string heading) => sections.FirstOrDefault(section => section.Title == heading)?.Blocks ?? [];
        IReadOnlyList<HelpText> Texts(IEnumerable<Block> under) => Markdown.Texts(under, file);
        return new CommandPage
        {
            Name = name,
            File = file,
            Synopsis = string.Join(' ', Texts(Under("SYNOPSIS")).Select(text => text.Text)),
            Description = Texts(Under("DESCRIPTION")),
            Examples = [.. Section.Cut(Under("EXAMPLES"), level: 3).Select(section => Example(section, file))],
            Parameters = [.. Section.Cut(Under("PARAMETERS"), level: 3).Select(section => Parameter(section, file))],
            Inputs = [.. Section.Cut(Under("INPUTS"), level: 3).Select(section => new TypeText(section.Title, Texts(section.Blocks), section.Line))],
            Outputs = [.. Section.Cut(Under("OUTPUTS"), level: 3).Select(section => new TypeText(section.Title, Texts(section.Blocks), section.Line))],
            Notes = Texts(Under("NOTES")),
            Links = [.. Texts(Under("RELATED LINKS")).Select(text => Link(text, file))],
        };
    }

    /// <summary>The examples in the text of a topic, which have no headings: every block of PowerShell.</summary>
    /// <param name="file"><c>docs/help/about_….md</c>.</param>
    public static IReadOnlyList<HelpExample> ReadTopic(string file)
    {
        Block[] blocks = [.. Markdown.Read(file)];
        return [.. blocks.Index().Where(found => found.Item is FencedCodeBlock { Info: CodeInfo })
            .Select(found => new HelpExample($"line {Markdown.LineOf(found.Item)}", Markdown.Code((LeafBlock)found.Item), [], found.Index == 0 ? null : ReasonNotToRun(blocks[found.Index - 1])))];
    }

    private static string? ReasonNotToRun(Block block) => block is HtmlBlock html && NotRun().Match(Markdown.Code(html)) is { Success: true } mark ? mark.Groups[1].Value : null;

    private static HelpExample Example(Section section, string file)
    {
        var blocks = section.Blocks.ToList();
        if (blocks.FirstOrDefault(block => block is not HtmlBlock) is not FencedCodeBlock { Info: CodeInfo } code)
        {
            throw new HelpException(file, section.Line, "An example begins with its code, between ```powershell and ```.");
        }
        return new HelpExample(ExampleNumber().Replace(section.Title, ""), Markdown.Code(code), Markdown.Texts(blocks.SkipWhile(block => block != code).Skip(1), file), blocks.Select(ReasonNotToRun).FirstOrDefault(reason => reason is not null));
    }

    private static ParameterText Parameter(Section section, string file)
    {
        const string prefix = "Default: ";
        var texts = Markdown.Texts(section.Blocks, file).ToList();
        string? value = null;
        if (texts.Count > 1 && texts[^1].Text.StartsWith(prefix, StringComparison.Ordinal))
        {
            value = texts[^1].Text[prefix.Length..].TrimEnd('.');
            texts.RemoveAt(texts.Count - 1);
        }
        return section.Title.StartsWith('-') ? new ParameterText(section.Title[1..], texts, value, section.Line)
            : throw new HelpException(file, section.Line, $"The heading of a parameter is its name with a dash: '-{section.Title}'.");
    }

    private static string Link(HelpText text, string file) => text.Kind == TextKind.ListItem ? text.Text[2..]
        : throw new HelpException(file, text.Line, "Related links are a list: '- [Get-McdmModel](Get-McdmModel.md)'.");

    [GeneratedRegex(@"^Example \d+: ")]
    private static partial Regex ExampleNumber();

    [GeneratedRegex(@"<!-- not run: (.+?) -->", RegexOptions.Singleline)]
    private static partial Regex NotRun();
}
