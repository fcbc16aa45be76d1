using System.Collections.ObjectModel;
using System.Management.Automation;
using Mcdm.PowerShell.Completion;
using Mcdm.Sampling.Jobs;
using Mcdm.Tables;

namespace Mcdm.PowerShell.Binding;

/// <summary>
/// A parameter for each column of a table, so that what stands in a row can be typed too, and script blocks can fill it in. Of a record that comes down the
/// pipeline, the command reads the values itself (<see cref="RecordRow"/>): its errors say which row they are of, the engine's would not.
/// </summary>
internal sealed class ColumnParameters
{
    /// <param name="isRecord">Whether the engine binds a record just now.</param>
    /// <param name="recordSet">The parameter set of rows.</param>
    /// <param name="conditionSet">The parameter set of conditions, beside which the same can be said.</param>
    public ColumnParameters(Func<bool> isRecord, string recordSet, string conditionSet)
    {
        // A model is more than its name where it is typed, and has a parameter that takes it.
        foreach (var column in JobColumns.All.Where(column => column != JobColumns.Model))
        {
            var attributes = new Collection<Attribute>(
                [InRows(recordSet), new ParameterAttribute { ParameterSetName = conditionSet }, .. AttributesOf(column, isRecord)]);
            Parameters.Add(column.Name, new RuntimeDefinedParameter(column.Name, TypeOf(column), attributes));
        }
    }

    /// <summary>The parameters, for the engine.</summary>
    public RuntimeDefinedParameterDictionary Parameters { get; } = [];

    /// <summary>What the parameters say by now; several values of one are an array.</summary>
    public Row Values => new(from parameter in Parameters.Values
                             where parameter.IsSet
                             select KeyValuePair.Create(parameter.Name, RecordRow.Bare(parameter.Value, JobColumns.Find(parameter.Name)!)));

    /// <summary>Whether a parameter has a value by now: one that a script block is to fill in has none before the first input.</summary>
    public bool IsSet(string name) => Parameters[name].IsSet;

    /// <summary>What parameters of some names say by now.</summary>
    public Row ValuesOf(IReadOnlySet<string> names) => new(Values.Values.Where(value => names.Contains(value.Key)));

    private static ParameterAttribute InRows(string set) => new() { ParameterSetName = set, ValueFromPipelineByPropertyName = true };

    private static Type TypeOf(Column column) => NumberedColumns.TakesSeveral(column) ? column.Type.MakeArrayType()
        : column.Type.IsValueType ? typeof(Nullable<>).MakeGenericType(column.Type) : column.Type;

    private static IEnumerable<Attribute> AttributesOf(Column column, Func<bool> isRecord) =>
    [
        new AllowNullAttribute(), new AllowEmptyStringAttribute(), new AllowEmptyCollectionAttribute(),
        .. column.Reads ? new Attribute[] { new ColumnAttribute(column, isRecord), new ColumnRangeAttribute(column) } : [],
        .. ColumnCompleters.Of(column) is { } completer ? new Attribute[] { new ArgumentCompleterAttribute(completer) } : [],
    ];

    /// <summary>Lets a nullable parameter take numbers or names of choices, or several; an empty one is null.</summary>
    [AttributeUsage(AttributeTargets.Property)]
    private sealed class ColumnAttribute(Column column, Func<bool> isRecord) : NumberAttribute(Nullable.GetUnderlyingType(TypeOf(column)) ?? TypeOf(column))
    {
        public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
        {
            object? given = RecordRow.Bare(inputData, column);
            return isRecord() || ValueText.IsEmpty(given) ? null
                : given is object?[] several && NumberedColumns.TakesSeveral(column) ? several.Select(Read).ToArray() : Read(given);
        }

        private object Read(object? given) => column.Parse(given) ?? throw new ArgumentTransformationMetadataException(column.Problem(given));
    }

    /// <summary>As ValidateRange, for a parameter that may be null.</summary>
    [AttributeUsage(AttributeTargets.Property)]
    private sealed class ColumnRangeAttribute(Column column) : ValidateArgumentsAttribute
    {
        protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
        {
            foreach (object argument in arguments is Array several && NumberedColumns.TakesSeveral(column) ? several : new[] { arguments })
            {
                if (argument is not null && column.OutOfRange(argument) is { } problem) { throw new ValidationMetadataException(problem); }
            }
        }
    }
}
