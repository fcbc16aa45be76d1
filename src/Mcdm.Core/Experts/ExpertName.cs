using Mcdm.Files;

namespace Mcdm.Experts;

/// <summary>Names of experts, which become names of files and of dataset folders.</summary>
internal static class ExpertName
{
    private const int Longest = 64;

    /// <summary>What is wrong with a name, on any system; null where nothing is.</summary>
    public static string? Problem(string name) =>
        name.Length is 0 or > Longest || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') || !char.IsAsciiLetterOrDigit(name[0])
            ? $"a name has 1 to {Longest} letters of a to z, digits, '-' and '_', and begins with a letter or digit" : null;

    /// <summary>Refuses a name that is not usable, or not on every system: models are handed on.</summary>
    /// <exception cref="McdmException"><c>ExpertNameInvalid</c>.</exception>
    public static string Check(string name) => (Problem(name) ?? DeviceProblem(name)) is { } problem
        ? throw new McdmException("ExpertNameInvalid", ErrorKind.InvalidArgument, $"'{name}' cannot be the name of an expert: {problem}.") : name;

    private static string? DeviceProblem(string name) =>
        DeviceName.Is(name) ? $"Windows has a device of that name, so '{name}.safetensors' could be no file there; 'my-{name}' would do" : null;
}
