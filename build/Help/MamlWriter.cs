using System.Management.Automation;
using System.Xml.Linq;

namespace Mcdm.Help;

/// <summary>Writes the XML that Get-Help reads (MAML): prose of the pages, everything else of the cmdlets.</summary>
public static class MamlWriter
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    private static readonly XNamespace Items = "http://msh";

    /// <summary>The help of all cmdlets.</summary>
    /// <exception cref="HelpException">A page tells of a cmdlet, a parameter or an output that does not exist.</exception>
    public static XDocument Write(IReadOnlyList<CommandSurface> commands, IReadOnlyList<CommandPage> pages)
    {
        foreach (var page in pages) { Check(page, commands.FirstOrDefault(command => command.Name == page.Name)); }
        return new XDocument(new XElement(Items + "helpItems", new XAttribute("schema", "maml"),
            from page in pages select Write(commands.First(command => command.Name == page.Name), page)));
    }

    private static void Check(CommandPage page, CommandSurface? command)
    {
        if (command is null) { throw new HelpException(page.File, 1, $"There is no cmdlet {page.Name}; delete the page or rename it."); }
        foreach (var text in page.Parameters.Where(text => command.Parameters.All(parameter => parameter.Name != text.Name)))
        {
            throw new HelpException(page.File, text.Line, $"{command.Name} has no parameter -{text.Name}; delete its section or rename it.");
        }
        foreach (var text in page.Outputs.Where(text => !command.OutputTypes.Contains(text.Name)))
        {
            throw new HelpException(page.File, text.Line, $"{command.Name} declares the output {string.Join(", ", command.OutputTypes)}, not {text.Name}.");
        }
    }

    private static XElement Write(CommandSurface command, CommandPage page)
    {
        IReadOnlyList<ParameterText> texts = [.. page.Parameters, .. CommonParameters.Texts];
        return new XElement(Command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Maml), new XAttribute(XNamespace.Xmlns + "command", Command), new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(Command + "details",
                new XElement(Command + "name", command.Name),
                new XElement(Command + "verb", command.Name.Split('-')[0]),
                new XElement(Command + "noun", command.Name.Split('-')[1]),
                new XElement(Maml + "description", Paragraph(page.Synopsis))),
            // Where help has links, Get-Help offers -Online, which opens addresses of the web alone: so what to read next is told in words.
            new XElement(Maml + "description", Paragraphs(page.Description), Paragraph($"See also: {string.Join(", ", page.Links)}.")),
            new XElement(Command + "syntax", command.Sets.Select(set => Syntax(command, set, texts))),
            new XElement(Command + "parameters", InOrder(command.Parameters, texts).Select(parameter => Parameter(parameter, texts))),
            new XElement(Command + "inputTypes", page.Inputs.Select(input => TypeOf("inputType", input))),
            new XElement(Command + "returnValues", page.Outputs.Select(output => TypeOf("returnValue", output))),
            page.Notes.Count == 0 ? null : new XElement(Maml + "alertSet", new XElement(Maml + "alert", Paragraphs(page.Notes))),
            new XElement(Command + "examples", page.Examples.Select(Example)));
    }

    /// <summary>Positional parameters first, then mandatory ones, then the order of the page.</summary>
    private static IEnumerable<ParameterSurface> InOrder(IEnumerable<ParameterSurface> parameters, IReadOnlyList<ParameterText> texts)
    {
        var places = texts.Select((text, place) => (text.Name, place)).ToDictionary(found => found.Name, found => found.place);
        return parameters
            .OrderBy(parameter => parameter.Position ?? int.MaxValue)
            .ThenByDescending(parameter => parameter.Place.Mandatory)
            .ThenBy(parameter => places.GetValueOrDefault(parameter.Name, int.MaxValue));
    }

    private static XElement Syntax(CommandSurface command, ParameterSetSurface set, IReadOnlyList<ParameterText> texts) =>
        new(Command + "syntaxItem",
            new XElement(Maml + "name", command.Name),
            InOrder(set.Parameters, texts).Select(parameter => new XElement(Command + "parameter", Attributes(parameter),
                new XElement(Maml + "name", parameter.Name), Choices(parameter), Value(parameter))));

    private static XElement Parameter(ParameterSurface parameter, IReadOnlyList<ParameterText> texts)
    {
        var text = texts.FirstOrDefault(text => text.Name == parameter.Name);
        return new XElement(Command + "parameter", Attributes(parameter),
            new XElement(Maml + "name", parameter.Name),
            new XElement(Maml + "description", text is null ? null : Paragraphs(text.Text)),
            Value(parameter),
            new XElement(Dev + "type", new XElement(Maml + "name", parameter.Type.FullName)),
            new XElement(Dev + "defaultValue", text?.Default ?? (parameter.Type == typeof(SwitchParameter) ? "False" : "None")));
    }

    private static XAttribute[] Attributes(ParameterSurface parameter) =>
    [
        new("required", parameter.Place.Mandatory),
        new("variableLength", parameter.Type.IsArray),
        new("globbing", parameter.TakesWildcards),
        new("pipelineInput", parameter.PipelineInput),
        new("position", parameter.Position?.ToString() ?? "named"),
        new("aliases", parameter.Declaration.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Declaration.Aliases)),
    ];

    private static XElement? Value(ParameterSurface parameter) => parameter.Type == typeof(SwitchParameter) ? null
        : new XElement(Command + "parameterValue", new XAttribute("required", true), new XAttribute("variableLength", parameter.Type.IsArray), parameter.Type.Name);

    private static XElement? Choices(ParameterSurface parameter) => NamesOf(parameter.Type) is not { } names ? null
        : new XElement(Command + "parameterValueGroup", names.Select(name =>
            new XElement(Command + "parameterValue", new XAttribute("required", false), new XAttribute("variableLength", false), name)));

    /// <summary>The names of an enumeration, or of the kinds that a type's registry has; null for other types.</summary>
    private static IEnumerable<string?>? NamesOf(Type type) => type.IsEnum ? Enum.GetNames(type)
        : (type.Assembly.GetType($"{type.FullName}Registry")?.GetProperty("All")?.GetValue(null) as IEnumerable<object>)?.Select(kind => kind.ToString());

    private static XElement TypeOf(string element, TypeText text) => new(Command + element,
        new XElement(Dev + "type", new XElement(Maml + "name", text.Name)),
        new XElement(Maml + "description", Paragraphs(text.Text)));

    private static XElement Example(HelpExample example, int index) => new(Command + "example",
        new XElement(Maml + "title", $"-------- Example {index + 1}: {example.Title} --------"),
        new XElement(Dev + "code", example.Code),
        new XElement(Dev + "remarks", Paragraphs(example.Remarks), Paragraph("")));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<HelpText> texts) => texts.Select(text => Paragraph(text.Text));

    private static XElement Paragraph(string text) => new(Maml + "para", text);
}
