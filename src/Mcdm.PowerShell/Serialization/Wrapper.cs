using System.Collections;
using System.Management.Automation;

namespace Mcdm.PowerShell.Serialization;

/// <summary>The engine hands values over bare or in a wrapper that holds what was added to them.</summary>
internal static class Wrapper
{
    /// <summary>The value itself.</summary>
    /// <param name="value">A value, perhaps wrapped.</param>
    public static object? Without(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    /// <summary>A hashtable whose keys and values are themselves.</summary>
    /// <param name="table">The hashtable, which may hold wrapped ones.</param>
    public static IDictionary WithoutInside(IDictionary table) =>
        new Hashtable(table.Cast<DictionaryEntry>().ToDictionary(entry => Without(entry.Key)!, entry => Without(entry.Value)));
}
