using System.Collections;
using System.Globalization;

namespace Mcdm.Tables;

/// <summary>
/// The one place where numbers are read that a user wrote or a file holds. In every culture a number has a decimal
/// point; a comma in it is an error, since others would take it for a separator of thousands, and 0,5 for 5.
/// </summary>
internal static class ValueText
{
    /// <summary>Whole numbers up to here are all doubles.</summary>
    private const double ExactlyWhole = 1L << 53;

    /// <summary>What multiplies the number before it in PowerShell, by powers of 1024.</summary>
    private static readonly string[] s_units = ["KB", "MB", "GB", "TB", "PB"];

    /// <summary>Whether a value says nothing, as an empty field of a spreadsheet.</summary>
    public static bool IsEmpty(object? given) => given is null or DBNull || (given is string text && string.IsNullOrWhiteSpace(text));

    /// <summary>Reads a value.</summary>
    /// <param name="given">A text or a number.</param>
    /// <param name="type">int, long or double.</param>
    /// <returns>The value, of that type; null for anything else.</returns>
    public static object? Read(object? given, Type type) => given switch
    {
        null or bool or char or Enum => null,
        string text => type == typeof(double) ? (object?)Number(text.Trim()) : InRange(Whole(text.Trim()), type),
        IConvertible number => type == typeof(double) ? (object?)Converted(number, Convert.ToDouble) : InRange(WholeOf(number), type),
        _ => null,
    };

    /// <summary>What is wrong with a value that cannot be read.</summary>
    public static string Problem(object? given, Type type)
    {
        string text = Shown(given), comma = !text.Contains(',', StringComparison.Ordinal) ? ""
            : type == typeof(double) ? " Write a decimal point, as in 0.5, and no separators of thousands." : " Write no separators of thousands.";
        return $"'{text}' is not {(type == typeof(double) ? "a number" : "a whole number")}.{comma}";
    }

    /// <summary>A value for messages; several with commas between them.</summary>
    public static string Shown(object? given) => given is IEnumerable several and not string ? string.Join(',', several.Cast<object>().Select(Text))
        : Text(given);

    private static string Text(object? given) => string.Create(CultureInfo.InvariantCulture, $"{given}");

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : Literal(text);

    /// <summary>Digits; what only looks whole once a spreadsheet has rounded it, such as 1.23457E+11, is no whole number.</summary>
    private static long? Whole(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value
        : text.Contains('.', StringComparison.Ordinal) && text.Contains('e', StringComparison.OrdinalIgnoreCase) ? null
        : Number(text) is { } number ? WholeOf(number) : null;

    private static long? WholeOf(IConvertible number) => number is not (double or float or decimal) ? Converted(number, Convert.ToInt64)
        : Converted(number, Convert.ToDouble) is { } value && Math.Floor(value) == value && Math.Abs(value) <= ExactlyWhole ? (long)value : null;

    /// <summary>What else is a number in PowerShell: 0x10, 1KB.</summary>
    private static double? Literal(string text)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hexadecimal) ? hexadecimal : null;
        }
        int unit = Array.FindIndex(s_units, unit => text.EndsWith(unit, StringComparison.OrdinalIgnoreCase));
        const NumberStyles digits = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return unit >= 0 && double.TryParse(text.AsSpan(0, text.Length - 2), digits, CultureInfo.InvariantCulture, out double value)
            ? value * Math.Pow(1024, unit + 1) : null;
    }

    private static T? Converted<T>(IConvertible number, Func<object, IFormatProvider, T> convert) where T : struct
    {
        try
        {
            return convert(number, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is OverflowException or InvalidCastException or FormatException)
        {
            return null;
        }
    }

    private static object? InRange(long? value, Type type) =>
        type == typeof(long) ? value : value is >= int.MinValue and <= int.MaxValue ? (object)(int)value : null;
}
