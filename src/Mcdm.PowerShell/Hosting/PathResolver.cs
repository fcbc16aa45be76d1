using System.Management.Automation;

namespace Mcdm.PowerShell.Hosting;

/// <summary>Turns what a user typed into file system paths, through PowerShell's own providers.</summary>
internal static class PathResolver
{
    private const string FileSystem = "FileSystem";

    /// <summary>Resolves an existing path; wildcards may match several files, unless one is called so letter for letter.</summary>
    public static IReadOnlyList<string> Existing(PSCmdlet cmdlet, string path, bool literal)
    {
        // Who has a folder 'faces [1]' means it: its own files must be found from scripts in it.
        if (!literal && WildcardPattern.ContainsWildcardCharacters(path) && New(cmdlet, path) is { } named && Path.Exists(named)) { return [named]; }
        if (literal)
        {
            string full = New(cmdlet, path);
            return Path.Exists(full) ? [full] : throw NotFound(cmdlet, path);
        }
        string[] found = Ask(cmdlet, path, () =>
        {
            string[] paths = [.. cmdlet.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider)];
            return (paths, provider);
        });
        return found.Length > 0 ? found : throw NotFound(cmdlet, path);
    }

    /// <summary>Resolves a path that need not exist.</summary>
    public static string New(PSCmdlet cmdlet, string path) => Ask(cmdlet, path, () =>
    {
        string full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return ([full], provider);
    })[0];

    private static string[] Ask(PSCmdlet cmdlet, string path, Func<(string[] Paths, ProviderInfo Provider)> resolve)
    {
        try
        {
            (string[] paths, ProviderInfo provider) = resolve();
            return provider.Name == FileSystem ? paths : throw new McdmException("NotAFileSystemPath", ErrorKind.InvalidArgument,
                $"'{path}' belongs to the provider {provider.Name}; give a path of the file system.") { Target = path };
        }
        catch (ItemNotFoundException e)
        {
            throw NotFound(cmdlet, path, e);
        }
        catch (Exception e) when (e is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw new McdmException("DriveNotFound", ErrorKind.NotFound, $"'{path}' names no drive of this session: {e.Message}", e) { Target = path };
        }
    }

    private static McdmException NotFound(PSCmdlet cmdlet, string path, Exception? inner = null) => new("PathNotFound", ErrorKind.NotFound,
        (WildcardPattern.ContainsWildcardCharacters(path) ? "No file matches" : "There is no file or folder")
            + $" '{path}'{LookedFor(path, New(cmdlet, path))}.",
        inner) { Target = path };

    /// <summary>Where a path led that does not say it itself, such as a relative one.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <param name="full">The full one.</param>
    public static string LookedFor(string path, string full) => full == path ? "" : $" (looked for '{full}')";
}
