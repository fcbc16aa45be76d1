namespace Mcdm.Host;

/// <summary>Console colours as escape sequences.</summary>
internal static class AnsiColor
{
    private const string Reset = "\e[0m";

    // The console's numbering has blue and red the other way round.
    private static readonly int[] s_codes = [30, 34, 32, 36, 31, 35, 33, 37, 90, 94, 92, 96, 91, 95, 93, 97];

    public static string Wrap(string text, ConsoleColor color) => $"\e[{s_codes[(int)color]}m{text}{Reset}";
}
