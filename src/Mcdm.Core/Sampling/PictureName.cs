using Mcdm.Files;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;

namespace Mcdm.Sampling;

/// <summary>Names of pictures, which become names of files: the same rules on every system, so that a script works on all.</summary>
public static class PictureName
{
    /// <summary>What the files of saved pictures end with.</summary>
    public const string Extension = ".png";

    private const string Forbidden = "<>:\"/\\|?*";

    /// <summary>Refuses a name that would not be one file inside its folder.</summary>
    /// <exception cref="McdmException"><c>NameInvalid</c>.</exception>
    public static void Check(string name)
    {
        if (UnicodeText.Problem(name) is { } problem)
        {
            throw new McdmException("NameInvalid", ErrorKind.InvalidArgument, $"A name of pictures cannot be that of a file: {problem}.");
        }
        if (Safe(name) != name)
        {
            throw new McdmException("NameInvalid", ErrorKind.InvalidArgument,
                $"'{name}' cannot be the name of a picture; a name stays inside the output folder and has none of {Forbidden}, no control characters, no "
                    + $"dot or space at its ends, and is no device of Windows such as CON. '{Safe(name)}' would do.");
        }
    }

    /// <summary>The name as one file in a folder: what no file name may hold, on any system, becomes '_'.</summary>
    public static string Safe(string name)
    {
        string safe = string.Concat(name.Select(c => char.IsControl(c) || Forbidden.Contains(c, StringComparison.Ordinal) ? '_' : c)).Trim('.', ' ');
        return safe.Length == 0 ? "picture" : DeviceName.Is(safe) ? "_" + safe : safe;
    }

    /// <summary>Where a picture is saved: the file itself where <paramref name="target"/> names a picture's, such as .png or .jpg, else a .png there.</summary>
    /// <param name="target">A folder, which need not exist, or a file's name; as a full path.</param>
    /// <param name="fileName">The picture's <see cref="McdmImage.FileName"/>.</param>
    public static string PathIn(string target, string fileName) =>
        IsFile(target) && !Directory.Exists(target) ? target : Path.Combine(target, Safe(fileName) + Extension);

    /// <summary>The folder that pictures are saved to.</summary>
    /// <param name="target">As of <see cref="PathIn"/>.</param>
    public static string FolderOf(string target) => Path.GetDirectoryName(PathIn(target, "x"))!;

    /// <summary>Whether a path is named like a picture's file, not like a folder of pictures.</summary>
    private static bool IsFile(string path) => path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || PictureWriter.IsOtherFormat(path);

    /// <summary>Whether two paths are one file: Windows and macOS take capitals and small letters for the same.</summary>
    public static StringComparer PathComparer { get; } = OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
}
