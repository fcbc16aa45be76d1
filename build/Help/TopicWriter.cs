using System.Text;
using Markdig.Syntax;

namespace Mcdm.Help;

/// <summary>Writes <c>docs/help/about_*.md</c> as the text that Get-Help shows for a topic, at most 80 columns wide.</summary>
public static class TopicWriter
{
    private const int Width = 80;
    private const string Indent = "    ", CodeIndent = "        ";

    /// <summary>The text of a topic.</summary>
    /// <exception cref="HelpException">The page does not begin with its name, or a line that may not be broken is too long.</exception>
    public static string Write(string file)
    {
        var blocks = Markdown.Read(file);
        string name = Path.GetFileNameWithoutExtension(file);
        if (blocks.FirstOrDefault() is not HeadingBlock { Level: 1 } title || Markdown.Line(title) != name)
        {
            throw new HelpException(file, 1, $"The page begins with '# {name}', its own name.");
        }
        var text = new StringBuilder($"TOPIC\n{Indent}{name}\n");
        foreach (var section in Section.Cut(blocks, level: 2))
        {
            text.Append($"\n{section.Title.ToUpperInvariant()}\n");
            HelpText? before = null;
            foreach (var part in Markdown.Texts(section.Blocks, file))
            {
                if (before is not null && !(before.Kind == TextKind.ListItem && part.Kind == TextKind.ListItem)
                    && before.Kind != TextKind.Heading) { text.Append('\n'); }
                foreach (string line in Lines(part)) { text.Append(Checked(line, part, file)).Append('\n'); }
                before = part;
            }
        }
        return text.ToString();
    }

    private static IEnumerable<string> Lines(HelpText part) => part.Kind switch
    {
        TextKind.Heading => ["  " + part.Text.ToUpperInvariant()],
        TextKind.Preformatted => part.Text.Split('\n').Select(line => (CodeIndent + line).TrimEnd()),
        TextKind.ListItem => Wrap(part.Text, Indent, Indent + new string(' ', part.Text.IndexOf(' ', StringComparison.Ordinal) + 1)),
        _ => Wrap(part.Text, Indent, Indent),
    };

    private static IEnumerable<string> Wrap(string text, string first, string next)
    {
        string line = first;
        bool empty = true;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!empty && line.Length + 1 + word.Length > Width)
            {
                yield return line;
                (line, empty) = (next, true);
            }
            line += empty ? word : " " + word;
            empty = false;
        }
        yield return line;
    }

    private static string Checked(string line, HelpText part, string file) => line.Length <= Width ? line
        : throw new HelpException(file, part.Line, $"'{line.Trim()}' takes {line.Length} columns in a topic, where {Width} is all there is; break it.");
}
