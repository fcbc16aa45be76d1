using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Reflection;

namespace Mcdm.Help;

/// <summary>What a cmdlet takes and writes, asked of its assembly, so that help cannot say anything else.</summary>
/// <param name="Name">Verb and noun.</param>
/// <param name="Sets">Parameter sets, the default one first.</param>
/// <param name="OutputTypes">Full names of the types it writes; None for a cmdlet that writes nothing.</param>
public sealed record CommandSurface(string Name, IReadOnlyList<ParameterSetSurface> Sets, IReadOnlyList<string> OutputTypes)
{
    /// <summary>Every parameter once, as it is in the first set that has it.</summary>
    public IReadOnlyList<ParameterSurface> Parameters => [.. Sets.SelectMany(set => set.Parameters).DistinctBy(parameter => parameter.Name)];

    /// <summary>The cmdlets of an assembly.</summary>
    /// <param name="assembly">Its file; what it needs lies beside it.</param>
    public static IReadOnlyList<CommandSurface> ReadAll(string assembly) => [.. Assembly.LoadFrom(assembly).GetExportedTypes()
        .Where(type => type.IsDefined(typeof(CmdletAttribute)))
        .Select(Read)
        .OrderBy(command => command.Name, StringComparer.Ordinal)];

    private static CommandSurface Read(Type type)
    {
        var command = new CommandMetadata(type);
        var shared = command.SupportsShouldProcess ? ParameterMetadata.GetParameterMetadata(typeof(ShouldProcessParameters)) : [];
        ParameterMetadata[] parameters = [.. command.Parameters.Values, .. shared.Values];
        var sets = parameters.SelectMany(parameter => parameter.ParameterSets.Keys).Append(command.DefaultParameterSetName)
            .Where(set => set is not (null or ParameterAttribute.AllParameterSets)).Distinct()
            .OrderByDescending(set => set == command.DefaultParameterSetName).ThenBy(set => set, StringComparer.Ordinal)
            .DefaultIfEmpty(ParameterAttribute.AllParameterSets);
        var outputs = type.GetCustomAttributes<OutputTypeAttribute>().SelectMany(output => output.Type)
            .Select(output => output.Type == typeof(void) ? "None" : output.Type?.FullName ?? output.Name).Distinct();
        return new CommandSurface(command.Name, [.. sets.Select(set => new ParameterSetSurface(set, ParametersIn(parameters, set)))], [.. outputs]);
    }

    private static IReadOnlyList<ParameterSurface> ParametersIn(IEnumerable<ParameterMetadata> parameters, string set) => [.. parameters
        .Select(parameter => (parameter, place: parameter.ParameterSets.GetValueOrDefault(set) ?? parameter.ParameterSets.GetValueOrDefault(ParameterAttribute.AllParameterSets)))
        .Where(found => found.place is not null)
        .Select(found => new ParameterSurface(found.parameter, found.place!))];
}

/// <summary>A parameter set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Its parameters.</param>
public sealed record ParameterSetSurface(string Name, IReadOnlyList<ParameterSurface> Parameters);

/// <summary>A parameter in one of its sets.</summary>
/// <param name="Metadata">What it is in all sets.</param>
/// <param name="Place">What it is in this set.</param>
public sealed record ParameterSurface(ParameterMetadata Metadata, ParameterSetMetadata Place)
{
    /// <summary>Its name.</summary>
    public string Name => Metadata.Name;

    /// <summary>Its type; what may be null stands for itself.</summary>
    public Type Type => Nullable.GetUnderlyingType(Metadata.ParameterType) ?? Metadata.ParameterType;

    /// <summary>Its position, counted from 0; null where it must be named.</summary>
    public int? Position => Place.Position == int.MinValue ? null : Place.Position;

    /// <summary>Whether wildcards stand for several values.</summary>
    public bool TakesWildcards => Metadata.Attributes.OfType<SupportsWildcardsAttribute>().Any();

    /// <summary>How values come down the pipeline in any of its sets, in the words of Get-Help, which has one word for all sets.</summary>
    public string PipelineInput => (InAnySet(place => place.ValueFromPipeline), InAnySet(place => place.ValueFromPipelineByPropertyName)) switch
    {
        (true, true) => "True (ByPropertyName, ByValue)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    private bool InAnySet(Func<ParameterSetMetadata, bool> what) => Metadata.ParameterSets.Values.Any(what);
}
