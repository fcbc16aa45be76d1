using System.Management.Automation.Language;
using Mcdm.Help;

namespace Mcdm.PowerShell.Tests.Help;

/// <summary>Every example of the help runs, and cmdlets write what they declare.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class HelpExampleTests(PowerShellEngine engine) : IDisposable
{
    /// <summary>Few steps: what is tested is whether an example runs, not what it draws.</summary>
    private const string Session = ReaderFolder.StandIns + """
        $PSDefaultParameterValues = @{ 'Invoke-McdmSample:Steps' = 1; 'Measure-McdmVariance:Levels' = 2; 'Measure-McdmVariance:Count' = 2 }
        Get-McdmModel | Remove-McdmModel
        $null = Import-McdmModel Faces

        """;

    private const int MostNotRun = 6;

    public static TheoryData<string> Commands => [.. Pages("*-*.md").Select(file => Path.GetFileNameWithoutExtension(file))];

    internal static string Folder => Path.Combine(Checkout.Root, "docs", "help");

    private static IEnumerable<string> Pages(string pattern) => Directory.EnumerateFiles(Folder, pattern).Order(StringComparer.Ordinal);

    private static string PageOf(string name) => Path.Combine(Folder, name + ".md");

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_example_of_a_command_runs_and_writes_what_the_command_declares(string command)
    {
        ReaderFolder.Enter(engine);
        var written = new HashSet<string>();
        foreach (var example in CommandPageReader.Read(PageOf(command)).Examples.Where(example => example.NotRun is null))
        {
            written.UnionWith(Run(example));
        }
        string[] declared = OutputTypes(command);
        Assert.True(declared is [] or ["System.Void"] || declared.All(written.Contains), $"No example shows that {command} writes {string.Join(" and ", declared.Except(written))}.");
    }

    [Theory]
    [MemberData(nameof(HelpTests.Topics), MemberType = typeof(HelpTests))]
    public void Every_example_of_a_topic_runs(string topic)
    {
        ReaderFolder.Enter(engine);
        foreach (var example in CommandPageReader.ReadTopic(PageOf(topic)).Where(example => example.NotRun is null)) { Run(example); }
    }

    [Fact]
    public void Few_examples_are_not_run()
    {
        var all = CommandPageReader.ReadAll(Folder).SelectMany(page => page.Examples).Concat(Pages("about_*.md").SelectMany(CommandPageReader.ReadTopic));
        Assert.InRange(all.Count(example => example.NotRun is not null), 0, MostNotRun);
    }

    /// <summary>Runs an example. Where all that it writes comes from commands of Mcdm, gives the types that they wrote, each of them declared.</summary>
    private IEnumerable<string> Run(HelpExample example)
    {
        var result = engine.Invoke(Session + example.Code);
        Assert.True(result.Errors.Count == 0, $"{example.Title}: {string.Join("; ", result.Errors)}\n{example.Code}");
        string[] last = LastCommands(example.Code);
        if (!last.All(name => name.Contains("-Mcdm", StringComparison.Ordinal))) { return []; }
        var declared = last.SelectMany(OutputTypes).ToHashSet();
        string[] written = [.. result.Output.Select(output => output.BaseObject.GetType().FullName!).Distinct()];
        Assert.True(written.All(declared.Contains), $"{example.Title}: {string.Join(", ", last)} declare {string.Join(", ", declared)}, but wrote {string.Join(", ", written)}.");
        return written;
    }

    private string[] OutputTypes(string command) =>
        [.. engine.Invoke("param($name) (Get-Command $name).OutputType | ForEach-Object Name", ("name", command)).WithoutErrors().Output.Select(name => name.ToString()!).Distinct()];

    /// <summary>The commands whose output is the script's: the last of every pipeline that is not assigned.</summary>
    private static string[] LastCommands(string code) => [.. Parser.ParseInput(code, out _, out _).EndBlock.Statements
        .Where(statement => statement is not AssignmentStatementAst)
        .Select(statement => statement is PipelineAst { PipelineElements: [.., CommandAst command] } ? command.GetCommandName() ?? "" : "")];

    public void Dispose() => ReaderFolder.Leave(engine);
}
