namespace Mcdm.Files;

/// <summary>The file that a picture is written to: whole or not at all, and only over another where that is asked for.</summary>
internal static class OutputFile
{
    /// <param name="path">The file, as a full path; its folder exists.</param>
    /// <param name="encode">Makes the file's bytes, once it is known that there is room for it.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="McdmException"><c>OutputExists</c>, <c>OutputIsFolder</c>, <c>OutputFolderNotFound</c> or <c>OutputUnwritable</c>.</exception>
    public static void Write(string path, Func<byte[]> encode, bool overwrite)
    {
        ArgumentNullException.ThrowIfNull(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? string.Empty;
        if (Directory.Exists(path))
        {
            throw new McdmException("OutputIsFolder", ErrorKind.InvalidArgument,
                $"The picture cannot be written to '{path}' because that is a folder; the name of a file is needed.");
        }

        RequireFile(path);
        if (!overwrite && File.Exists(path))
        {
            throw Exists(path);
        }

        if (!Directory.Exists(folder))
        {
            throw new McdmException("OutputFolderNotFound", ErrorKind.NotFound,
                $"The picture cannot be written to '{path}' because its folder does not exist.");
        }

        byte[] bytes = encode();
        try
        {
            AtomicFile.Write(path, file => file.Write(bytes), overwrite);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw !overwrite && File.Exists(path)
                ? Exists(path)
                : Unwritable(path, error);
        }
    }

    /// <summary>A device seems to be a file that is there.</summary>
    private static void RequireFile(string path)
    {
        try
        {
            DeviceName.Refuse(path);
        }
        catch (IOException error)
        {
            throw Unwritable(path, error);
        }
    }

    private static McdmException Unwritable(string path, Exception error) =>
        new("OutputUnwritable", ErrorKind.WriteFailed, $"The picture cannot be written to '{path}': {error.Message}", error);

    private static McdmException Exists(string path) => new("OutputExists", ErrorKind.AlreadyExists,
        $"The file '{path}' exists already and is not replaced unless that is asked for.") { Target = path };
}
