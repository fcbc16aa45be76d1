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
        var cmdlet = type.GetCustomAttribute<CmdletAttribute>()!;
        var shared = cmdlet.SupportsShouldProcess ? Declared(typeof(ShouldProcessParameters)) : [];
        ParameterDeclaration[] parameters = [.. Declared(type), .. Dynamic(type), .. shared];
        var sets = parameters.SelectMany(parameter => parameter.Places).Select(place => place.ParameterSetName).Append(cmdlet.DefaultParameterSetName)
            .Where(set => set is not (null or ParameterAttribute.AllParameterSets)).Distinct()
            .OrderByDescending(set => set == cmdlet.DefaultParameterSetName).ThenBy(set => set, StringComparer.Ordinal)
            .DefaultIfEmpty(ParameterAttribute.AllParameterSets);
        var outputs = type.GetCustomAttributes<OutputTypeAttribute>().SelectMany(output => output.Type)
            .Select(output => output.Type == typeof(void) ? "None" : output.Type?.FullName ?? output.Name).Distinct();
        var surfaces = sets.Select(set => new ParameterSetSurface(set, ParametersIn(parameters, set)));
        return new CommandSurface($"{cmdlet.VerbName}-{cmdlet.NounName}", [.. surfaces], [.. outputs]);
    }

    /// <summary>The parameters that are properties.</summary>
    private static IEnumerable<ParameterDeclaration> Declared(Type type) => type.GetProperties()
        .Select(property => new ParameterDeclaration(property.Name, property.PropertyType, [.. property.GetCustomAttributes(inherit: false).Cast<Attribute>()]))
        .Where(parameter => parameter.Places.Any());

    /// <summary>The parameters that a cmdlet makes itself.</summary>
    private static IEnumerable<ParameterDeclaration> Dynamic(Type type) => !type.IsAssignableTo(typeof(IDynamicParameters)) ? []
        : ((RuntimeDefinedParameterDictionary)((IDynamicParameters)Activator.CreateInstance(type)!).GetDynamicParameters()!).Values
            .Select(parameter => new ParameterDeclaration(parameter.Name, parameter.ParameterType, [.. parameter.Attributes]));

    private static IReadOnlyList<ParameterSurface> ParametersIn(IEnumerable<ParameterDeclaration> parameters, string set) => [.. parameters
        .Select(parameter => (parameter, place: parameter.Places.FirstOrDefault(place => place.ParameterSetName == set)
            ?? parameter.Places.FirstOrDefault(place => place.ParameterSetName == ParameterAttribute.AllParameterSets)))
        .Where(found => found.place is not null)
        .Select(found => new ParameterSurface(found.parameter, found.place!))];
}

/// <summary>A parameter as it is written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Attributes">What is said of it.</param>
public sealed record ParameterDeclaration(string Name, Type Type, IReadOnlyList<Attribute> Attributes)
{
    /// <summary>What it is in each of its sets.</summary>
    public IEnumerable<ParameterAttribute> Places => Attributes.OfType<ParameterAttribute>();

    /// <summary>Its other names.</summary>
    public IReadOnlyList<string> Aliases => [.. Attributes.OfType<AliasAttribute>().SelectMany(alias => alias.AliasNames)];
}

/// <summary>A parameter set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Its parameters.</param>
public sealed record ParameterSetSurface(string Name, IReadOnlyList<ParameterSurface> Parameters);

/// <summary>A parameter in one of its sets.</summary>
/// <param name="Declaration">What it is in all sets.</param>
/// <param name="Place">What it is in this set.</param>
public sealed record ParameterSurface(ParameterDeclaration Declaration, ParameterAttribute Place)
{
    /// <summary>Its name.</summary>
    public string Name => Declaration.Name;

    /// <summary>Its type; what may be null stands for itself.</summary>
    public Type Type => Nullable.GetUnderlyingType(Declaration.Type) ?? Declaration.Type;

    /// <summary>Its position, counted from 0; null where it must be named.</summary>
    public int? Position => Place.Position == int.MinValue ? null : Place.Position;

    /// <summary>Whether wildcards stand for several values.</summary>
    public bool TakesWildcards => Declaration.Attributes.OfType<SupportsWildcardsAttribute>().Any();

    /// <summary>How values come down the pipeline in any of its sets, in the words of Get-Help, which has one word for all sets.</summary>
    public string PipelineInput => (InAnySet(place => place.ValueFromPipeline), InAnySet(place => place.ValueFromPipelineByPropertyName)) switch
    {
        (true, true) => "True (ByPropertyName, ByValue)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    private bool InAnySet(Func<ParameterAttribute, bool> what) => Declaration.Places.Any(what);
}
