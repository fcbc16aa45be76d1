using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Mcdm.Host;

/// <summary>Shows the error that ended a script the way PowerShell shows errors.</summary>
internal static class ErrorReport
{
    public static void Show(Runspace runspace, ConsoleHost host, RuntimeException error)
    {
        try
        {
            using PowerShell shell = PowerShell.Create(runspace);
            // The note property tells Out-Default that this object is an error, not a result.
            PSObject record = PSObject.AsPSObject(error.ErrorRecord);
            record.Properties.Add(new PSNoteProperty("writeErrorStream", true));
            shell.AddCommand("Out-Default").Invoke(new[] { record });
        }
        catch (RuntimeException)
        {
            host.UI.WriteErrorLine($"{error.Message}{Environment.NewLine}{error.ErrorRecord.InvocationInfo?.PositionMessage}");
        }
    }
}
