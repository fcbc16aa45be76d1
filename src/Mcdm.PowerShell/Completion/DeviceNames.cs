using System.Collections;
using Mcdm.Runtime;

namespace Mcdm.PowerShell.Completion;

/// <summary>Tab completion for <c>-Device</c>.</summary>
public sealed class DeviceNames : CompletionSet
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Value, string? Explanation)> Values(IDictionary boundParameters) =>
        ComputeDevice.List().Select(device => (device.Name, (string?)device.Description));
}
