using System.Collections;
using System.Reflection;

namespace Mcdm.PowerShell.Loader;

/// <summary>
/// Hands cmdlets on to the script module that imported them. A second import finds the binary module in PowerShell's cache: it neither hands its cmdlets
/// on nor looks for help beside the assembly. PowerShell has no public way to do either.
/// </summary>
public static class ModuleExports
{
    private const BindingFlags NonPublic = BindingFlags.Instance | BindingFlags.NonPublic;

    /// <summary>Hands them on.</summary>
    /// <param name="cmdlets">The cmdlets of the binary module: <c>CmdletInfo</c>.</param>
    /// <param name="module">The script module: <c>PSModuleInfo</c>.</param>
    /// <param name="helpFile">Their help.</param>
    public static void HandOn(IEnumerable cmdlets, object module, string helpFile)
    {
        MethodInfo? addExportedCmdlet = module.GetType().GetMethod("AddExportedCmdlet", NonPublic), setHelpFile = null;
        foreach (object cmdlet in cmdlets)
        {
            setHelpFile ??= cmdlet.GetType().GetMethod("set_HelpFile", NonPublic);
            setHelpFile?.Invoke(cmdlet, [helpFile]);
            addExportedCmdlet?.Invoke(module, [cmdlet]);
        }
    }
}
