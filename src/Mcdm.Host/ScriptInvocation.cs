using System.Management.Automation.Language;
using System.Text;
using System.Text.RegularExpressions;

namespace Mcdm.Host;

/// <summary>Writes the command that calls a script: the process's arguments, quoted so that each arrives as it was typed.</summary>
internal static partial class ScriptInvocation
{
    // 'exit N' ends only the script it stands in, leaving N in $LASTEXITCODE and, unless N is 0, $? false. A program that
    // failed within the script leaves $LASTEXITCODE too, but not $?. A script that could not start leaves $? only.
    private const string ReturnExitCode = "\nif (-not $?) { exit ($LASTEXITCODE ?? 1) }";

    /// <summary>A command as it was typed; when its last statement fails, so does the process.</summary>
    public static string Build(string command) => command + "\nif (-not $?) { exit 1 }";

    /// <summary>A call of a script with the process's arguments.</summary>
    public static string Build(string scriptPath, IReadOnlyList<string> arguments)
    {
        HashSet<string> arrays = ArrayParameters(scriptPath);
        StringBuilder text = new("& " + Quote(scriptPath));
        bool splitNext = false;
        foreach (string argument in arguments)
        {
            Match parameter = ParameterName().Match(argument);
            if (!parameter.Success)
            {
                text.Append(' ').Append(Value(argument, splitNext));
                splitNext = false;
                continue;
            }
            string name = parameter.Groups["name"].Value;
            text.Append(" -").Append(name);
            splitNext = arrays.Contains(name);
            if (parameter.Groups["value"].Success)
            {
                text.Append(':').Append(Value(parameter.Groups["value"].Value, splitNext));
                splitNext = false;
            }
        }
        return text.Append(ReturnExitCode).ToString();
    }

    private static string Value(string text, bool split) => text.ToLowerInvariant() is "$true" or "$false" or "$null" ? text
        : split ? string.Join(',', text.Split(',').Select(Quote))
        : Quote(text);

    private static string Quote(string text) => "'" + CodeGeneration.EscapeSingleQuotedStringContent(text) + "'";

    private static HashSet<string> ArrayParameters(string scriptPath)
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (ParameterAst parameter in Parser.ParseFile(scriptPath, out _, out _).ParamBlock?.Parameters ?? Enumerable.Empty<ParameterAst>())
        {
            if (!parameter.StaticType.IsArray) { continue; }
            names.Add(parameter.Name.VariablePath.UserPath);
            foreach (AttributeAst attribute in parameter.Attributes.OfType<AttributeAst>().Where(a => a.TypeName.Name.Equals("Alias", StringComparison.OrdinalIgnoreCase)))
            {
                names.UnionWith(attribute.PositionalArguments.OfType<StringConstantExpressionAst>().Select(alias => alias.Value));
            }
        }
        return names;
    }

    [GeneratedRegex(@"^-(?<name>[A-Za-z_]\w*)(:(?<value>.*))?$", RegexOptions.Singleline)]
    private static partial Regex ParameterName();
}
