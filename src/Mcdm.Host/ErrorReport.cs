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
            using (host.SendOutputToErrors()) { shell.AddCommand("Out-Default").Invoke(new[] { error.ErrorRecord }); }
        }
        catch (RuntimeException)
        {
            host.UI.WriteErrorLine($"{error.Message}{Environment.NewLine}{error.ErrorRecord.InvocationInfo?.PositionMessage}");
        }
    }
}
