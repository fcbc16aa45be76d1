namespace Mcdm.Files;

/// <summary>Names that Windows keeps for devices: no file can be called so there, whatever its ending.</summary>
internal static class DeviceName
{
    /// <summary>Windows takes the superscript digits of Latin-1 for digits.</summary>
    private static readonly HashSet<string> s_names = new(
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", .. "123456789\u00B9\u00B2\u00B3".SelectMany(digit => new[] { $"COM{digit}", $"LPT{digit}" })],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether Windows would open a device by a file's name: the part up to its first dot decides.</summary>
    /// <param name="name">The name, without folders.</param>
    public static bool Is(string name) => s_names.Contains(name.Split('.')[0].TrimEnd());

    /// <summary>
    /// Refuses a path that this system would take for a device, without which files would be written into nothing, or their error would be a riddle. Which
    /// names those are differs between versions of Windows, whose own full path says so.
    /// </summary>
    /// <param name="path">The path of a file or a folder.</param>
    /// <exception cref="IOException">It is one.</exception>
    public static void Refuse(string path)
    {
        if (OperatingSystem.IsWindows() && Path.GetFullPath(path).StartsWith(@"\\.\", StringComparison.Ordinal))
        {
            throw new IOException($"'{Path.GetFileName(path)}' is the name of a device of Windows; choose another");
        }
    }
}
