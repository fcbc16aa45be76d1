using System.Management.Automation;
using Mcdm.PowerShell.Hosting;

namespace Mcdm.PowerShell.Binding;

/// <summary>The files that rows name.</summary>
/// <param name="cmdlet">The command that reads them, for the session's location and drives.</param>
internal sealed class RowFiles(PSCmdlet cmdlet)
{
    /// <summary>The one file that a path stands for, as a full path.</summary>
    /// <param name="path">What a row says.</param>
    /// <param name="basePath">The folder that relative paths start at, or a file in it; null for the current location.</param>
    /// <exception cref="McdmException"><c>PathNotFound</c>, <c>PathAmbiguous</c>, <c>DriveNotFound</c> or <c>NotAFileSystemPath</c>.</exception>
    public string PathOf(string path, string? basePath) => (basePath is null ? Existing(path) : Under(basePath, path)) is [string only] ? only
        : throw new McdmException("PathAmbiguous", ErrorKind.InvalidArgument, $"'{path}' matches several files; a composition takes one.");

    private IReadOnlyList<string> Under(string basePath, string path)
    {
        if (Path.IsPathRooted(path) || cmdlet.SessionState.Path.IsPSAbsolute(path, out _)) { return Existing(path); }
        string folder = PathResolver.New(cmdlet, basePath);
        if (File.Exists(folder)) { folder = Path.GetDirectoryName(folder)!; }
        // A name's brackets and stars stand for themselves first.
        string literal = PathResolver.New(cmdlet, Path.Combine(folder, path));
        return Path.Exists(literal) ? [literal] : Existing(Path.Combine(WildcardPattern.Escape(folder), path));
    }

    private IReadOnlyList<string> Existing(string path) => PathResolver.Existing(cmdlet, path, literal: false);
}
