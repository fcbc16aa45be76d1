namespace Mcdm.Experts;

/// <summary>Names of experts, which become names of files and of dataset folders.</summary>
internal static class ExpertName
{
    private const int Longest = 64;

    /// <summary>What is wrong with a name; null where nothing is.</summary>
    public static string? Problem(string name) =>
        name.Length is 0 or > Longest || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') || !char.IsAsciiLetterOrDigit(name[0])
            ? $"a name has 1 to {Longest} letters of a to z, digits, '-' and '_', and begins with a letter or digit" : null;

    /// <summary>Refuses a name that is not usable.</summary>
    /// <exception cref="McdmException"><c>ExpertNameInvalid</c>.</exception>
    public static string Check(string name) => Problem(name) is { } problem
        ? throw new McdmException("ExpertNameInvalid", ErrorKind.InvalidArgument, $"'{name}' cannot be the name of an expert: {problem}.") : name;
}
