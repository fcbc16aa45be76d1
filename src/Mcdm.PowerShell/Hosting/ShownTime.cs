using static System.FormattableString;

namespace Mcdm.PowerShell.Hosting;

/// <summary>Times that are no more than likely, for people to read.</summary>
internal static class ShownTime
{
    private const double Ten = 10, ManySeconds = 100, ManyMinutes = 100, ManyHours = 48;

    /// <summary>A time in words, by one or two digits, such as about 40 s.</summary>
    public static string About(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => "less than a second",
        { TotalSeconds: < ManySeconds } => $"about {Rounded(time.TotalSeconds)} s",
        { TotalMinutes: < ManyMinutes } => $"about {Rounded(time.TotalMinutes)} min",
        { TotalHours: < ManyHours } => $"about {Rounded(time.TotalHours)} h",
        _ => Invariant($"about {time.TotalDays:0} days"),
    };

    private static string Rounded(double number) => Invariant($"{(number < Ten ? Math.Round(number) : Ten / 2 * Math.Round(2 * number / Ten)):0}");
}
