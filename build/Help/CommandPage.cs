namespace Mcdm.Help;

/// <summary>What a page of Markdown says about a cmdlet: prose, defaults and examples. Everything else is asked of the cmdlet itself.</summary>
public sealed record CommandPage
{
    /// <summary>Name of the cmdlet.</summary>
    public required string Name { get; init; }

    /// <summary>The page's file.</summary>
    public required string File { get; init; }

    /// <summary>What it does, in one sentence.</summary>
    public required string Synopsis { get; init; }

    /// <summary>What it does and when to use it.</summary>
    public required IReadOnlyList<HelpText> Description { get; init; }

    /// <summary>Examples, in the order of the page. Each runs in a session of its own with the model Faces loaded, after the ones before it.</summary>
    public required IReadOnlyList<HelpExample> Examples { get; init; }

    /// <summary>Parameters, in the order of the page.</summary>
    public required IReadOnlyList<ParameterText> Parameters { get; init; }

    /// <summary>What can be piped in: names of types and what they mean.</summary>
    public required IReadOnlyList<TypeText> Inputs { get; init; }

    /// <summary>What is written: names of types and what they mean.</summary>
    public required IReadOnlyList<TypeText> Outputs { get; init; }

    /// <summary>What else a reader should know.</summary>
    public required IReadOnlyList<HelpText> Notes { get; init; }

    /// <summary>Names of commands and topics to read next.</summary>
    public required IReadOnlyList<string> Links { get; init; }
}

/// <summary>An example.</summary>
/// <param name="Title">What it shows, without its number.</param>
/// <param name="Code">What to type.</param>
/// <param name="Remarks">Its output and what to note about it.</param>
/// <param name="NotRun">Why the tests cannot run it; null where they do.</param>
public sealed record HelpExample(string Title, string Code, IReadOnlyList<HelpText> Remarks, string? NotRun);

/// <summary>What a page says about a parameter.</summary>
/// <param name="Name">Its name, without the dash.</param>
/// <param name="Text">What it means and which values it takes.</param>
/// <param name="Default">What holds where it is left out; null where there is nothing to say.</param>
/// <param name="Line">Where it stands, from 1.</param>
public sealed record ParameterText(string Name, IReadOnlyList<HelpText> Text, string? Default, int Line);

/// <summary>What a page says about a type that goes in or comes out.</summary>
/// <param name="Name">Full name of the type, or None.</param>
/// <param name="Text">What it means here.</param>
/// <param name="Line">Where it stands, from 1.</param>
public sealed record TypeText(string Name, IReadOnlyList<HelpText> Text, int Line);
