using System.Management.Automation;
using System.Text.RegularExpressions;
using Mcdm.PowerShell.Hosting;

namespace Mcdm.PowerShell.Tests.Help;

/// <summary>Get-Help, asked as a reader asks it.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed partial class HelpTests(PowerShellEngine engine)
{
    private const int FewestExamples = 3;

    private static readonly string[] s_commands = [.. typeof(McdmCmdlet).Assembly.GetExportedTypes()
        .SelectMany(type => type.GetCustomAttributes(typeof(CmdletAttribute), inherit: false).Cast<CmdletAttribute>())
        .Select(cmdlet => $"{cmdlet.VerbName}-{cmdlet.NounName}").Order(StringComparer.Ordinal)];

    private static readonly string[] s_topics =
        [.. Directory.EnumerateFiles(HelpExampleTests.Folder, "about_*.md").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Commands => [.. s_commands];

    public static TheoryData<string> Topics => [.. s_topics];

    private IReadOnlyList<string> Ask(string script, string name) =>
        [.. engine.Invoke("param($name) $help = Get-Help $name -Full; " + script, ("name", name)).WithoutErrors().Output.Select(line => line.ToString()!)];

    [Fact]
    public void Every_command_of_the_assembly_is_exported() =>
        Assert.Equal(s_commands, engine.Invoke("(Get-Module Mcdm).ExportedCmdlets.Keys").WithoutErrors().Output.Select(name => name.ToString()!).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_has_a_synopsis_a_description_examples_and_links(string command)
    {
        Assert.EndsWith(".", Assert.Single(Ask("$help.Synopsis", command)), StringComparison.Ordinal);
        Assert.NotEmpty(Ask("$help.description.Text", command));
        Assert.True(int.Parse(Ask("@($help.examples.example).Count", command)[0]) >= FewestExamples, $"{command} has fewer than {FewestExamples} examples.");
        string also = Ask("$help.description.Text", command)[^1];
        Assert.StartsWith("See also: ", also, StringComparison.Ordinal);
        Assert.All(also["See also: ".Length..].TrimEnd('.').Split(", "), link => Assert.Contains(link, s_commands.Concat(s_topics)));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_parameter_of_every_set_has_help(string command)
    {
        var described = Ask("$help.parameters.parameter | Where-Object { $_.description.Text } | ForEach-Object name", command);
        var syntax = Ask("$help.syntax.syntaxItem | ForEach-Object { $_.parameter.name -join ' ' }", command).Select(Sorted);
        const string sets = "(Get-Command $name).ParameterSets | ForEach-Object { ($_.Parameters.Name | Where-Object { $_ -notin $common }) -join ' ' }";
        var actual = Ask("$common = [System.Management.Automation.Cmdlet]::CommonParameters; " + sets, command).Select(Sorted).ToList();
        Assert.All(actual.SelectMany(set => set.Split(' ')), parameter => Assert.Contains(parameter, described));
        Assert.Equal(actual.Order(), syntax.Order());
    }

    [Theory]
    [InlineData("Sampler", "DpmSolver Ddim Ddpm Euler EulerAncestral DpmSolverSde Heun UniPc DpmSolver3 DpmSolver3Sde DpmSolver2S Dpm2 Dpm2Ancestral Deis Lms Pndm Lcm Tcd")]
    [InlineData("Combiner", "Product Projection Precision Superposition Mixture Residual Fused Composite")]
    public void The_syntax_names_what_a_word_may_be(string parameter, string words) => Assert.All(
        Ask($"$help.syntax.syntaxItem.parameter | Where-Object name -eq {parameter} | ForEach-Object {{ $_.parameterValueGroup.parameterValue -join ' ' }}",
            "Invoke-McdmSample"),
        shown => Assert.Equal(words, shown));

    private static string Sorted(string names) => string.Join(' ', names.Split(' ').Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_parameter_takes_the_pipeline_as_its_help_says(string command)
    {
        var said = Ask("Get-Help $name -Parameter * | Where-Object name -notin 'WhatIf', 'Confirm' | ForEach-Object { \"$($_.name) $($_.pipelineInput)\" }", command);
        var actual = Ask("""
            (Get-Command $name).Parameters.Values | Where-Object Name -notin ([System.Management.Automation.Cmdlet]::CommonParameters + 'WhatIf' + 'Confirm') | ForEach-Object {
                $how = @(
                    if ($_.ParameterSets.Values.ValueFromPipelineByPropertyName -contains $true) { 'ByPropertyName' }
                    if ($_.ParameterSets.Values.ValueFromPipeline -contains $true) { 'ByValue' }
                )
                "$($_.Name) $(if ($how) { "True ($($how -join ', '))" } else { 'False' })"
            }
            """, command);
        Assert.Equal(actual.Order(StringComparer.Ordinal), said.Order(StringComparer.Ordinal));
    }

    /// <summary>Get-Help opens addresses of the web alone, and the pages have none.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_offers_no_page_that_cannot_be_opened(string command)
    {
        Assert.DoesNotContain(Ask("(Get-Command $name).HelpUri", command), page => page.Length > 0 && !page.StartsWith("https://", StringComparison.Ordinal));
        Assert.DoesNotContain("-Online", string.Concat(engine.Invoke("param($name) Get-Help $name | Out-Default", ("name", command)).HostLines), StringComparison.Ordinal);
    }

    /// <summary>A measured number is told with the page that has it.</summary>
    [Fact]
    public void Figures_of_the_help_are_in_the_page_that_it_names()
    {
        var told = Directory.EnumerateFiles(HelpExampleTests.Folder, "*.md").SelectMany(page => BlockOfText().Split(File.ReadAllText(page)))
            .SelectMany(block => NamedPage().Matches(block).Select(named => (named.Groups[1].Value, Block: block)));
        Assert.All(told, told =>
        {
            string page = File.ReadAllText(Path.Combine(Checkout.Root, told.Value));
            Assert.All(Figure().Matches(told.Block).Select(figure => figure.Value), figure => Assert.Contains(figure, page));
        });
    }

    [GeneratedRegex(@"\n(?:\s*\n|(?=- ))")]
    private static partial Regex BlockOfText();

    [GeneratedRegex(@"(?<!\])\(((?:docs/)?[\w-]+\.md|README)\)")]
    private static partial Regex NamedPage();

    [GeneratedRegex(@"\b0\.\d{3}\b")]
    private static partial Regex Figure();

    /// <summary>The numbers of a range, and a default that is one or several numbers, stand in the code once and in the help once.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public void Ranges_and_defaults_in_the_help_are_those_of_the_code(string command)
    {
        var type = typeof(McdmCmdlet).Assembly.GetExportedTypes().Single(type => type.GetCustomAttributes(typeof(CmdletAttribute), false) is [CmdletAttribute c] && $"{c.VerbName}-{c.NounName}" == command);
        using var cmdlet = (McdmCmdlet)Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties().Where(property => property.IsDefined(typeof(ParameterAttribute), inherit: true)))
        {
            string said(string what) => string.Join('\n', Ask($"($help.parameters.parameter | Where-Object name -eq {property.Name}).{what}", command));
            foreach (var range in property.GetCustomAttributes(typeof(ValidateRangeAttribute), true).Cast<ValidateRangeAttribute>())
            {
                string text = said("description.Text");
                Assert.Contains(Number(range.MinRange), Numbers().Matches(text).Select(match => match.Value));
                if (range.MaxRange is not int.MaxValue and not > 1_000_000_000_000L) { Assert.Contains(Number(range.MaxRange), Numbers().Matches(text).Select(match => match.Value)); }
            }
            string? value = property.GetValue(cmdlet) switch
            {
                int or long or double or Enum => $"{property.GetValue(cmdlet)}",
                int[] numbers => string.Join(", ", numbers),
                SwitchParameter => "False",
                _ => null,
            };
            bool isMandatory = property.GetCustomAttributes(typeof(ParameterAttribute), true).Cast<ParameterAttribute>().Any(parameter => parameter.Mandatory);
            if (value is not null && !isMandatory) { Assert.Equal($"{property.Name}: {value}", $"{property.Name}: {said("defaultValue")}"); }
        }
    }

    private static string Number(object number) => number is double small and < 1e-4 and > 0 ? small.ToString("0e-0") : $"{number}";

    [GeneratedRegex(@"\d+(\.\d+)?(e-\d+)?")]
    private static partial Regex Numbers();

    [Theory]
    [MemberData(nameof(Topics))]
    public void A_topic_is_found_and_fits_80_columns(string topic)
    {
        string text = engine.Invoke("param($name) Get-Help $name", ("name", topic)).WithoutErrors().Only<string>();
        Assert.StartsWith($"TOPIC\n    {topic}\n", text, StringComparison.Ordinal);
        Assert.Contains("\nSHORT DESCRIPTION\n", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void Help_is_found_after_a_second_import() =>
        Assert.True(engine.Invoke("param($manifest) Import-Module $manifest -Force; @((Get-Help Get-McdmDevice -Full).examples.example).Count", ("manifest", Checkout.Manifest)).WithoutErrors().Only<int>() >= FewestExamples);

    [Fact]
    public void Syntax_names_the_values_of_a_choice() =>
        Assert.Contains("-Sampler {DpmSolver | Ddim | Ddpm | Euler | EulerAncestral | DpmSolverSde | Heun | UniPc | DpmSolver3 | DpmSolver3Sde | DpmSolver2S | Dpm2 | Dpm2Ancestral | Deis | Lms | Pndm | Lcm | Tcd}", engine.Invoke("(Get-Help Invoke-McdmSample).Syntax | Out-Default").HostLines.Aggregate("", (text, line) => text + line), StringComparison.Ordinal);
}
