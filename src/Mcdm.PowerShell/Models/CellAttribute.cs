using System.Management.Automation;

namespace Mcdm.PowerShell;

/// <summary>
/// Lets a nullable parameter take cells of a table: an empty one is null. One that cannot be read is an error of its row, which the
/// command reports (<see cref="RecordColumns.RequireReadable"/>): the engine's own would not say which row it is, and that row would
/// not be counted.
/// </summary>
/// <param name="type">The type without its null: a number, an enumeration or a kind that has a name.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class CellAttribute(Type type) : NumberAttribute(type)
{
    [ThreadStatic]
    private static bool t_isRecord;

    /// <summary>Whether the engine takes parameters from a record on this thread just now. The command says so, as the record is bound first.</summary>
    internal static bool IsRecord { get => t_isRecord; set => t_isRecord = value; }

    /// <summary>Whether a cell says nothing.</summary>
    internal static bool IsEmpty(object? cell) => Wrapper.Without(cell) switch
    {
        null or DBNull => true,
        string text => string.IsNullOrWhiteSpace(text),
        _ => false,
    };

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        IsEmpty(inputData) ? null : IsRecord ? CellText.Read(inputData, Type) : base.Transform(engineIntrinsics, inputData);
}
