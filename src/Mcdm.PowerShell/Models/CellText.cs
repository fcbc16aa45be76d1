using System.Collections;
using System.Globalization;
using System.Management.Automation;
using Mcdm.Diffusion;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;

namespace Mcdm.PowerShell;

/// <summary>
/// The one place where numbers and names of choices are read that a user wrote or a file holds. In every culture a number has a decimal
/// point; a comma in it is an error, since the engine would take it for a separator of thousands, and 0,5 for 5.
/// </summary>
internal static class CellText
{
    /// <summary>Whole numbers up to here are all doubles.</summary>
    private const double ExactlyWhole = 1L << 53;

    /// <summary>Reads a value.</summary>
    /// <param name="given">A text, a number or one of the choices, perhaps wrapped.</param>
    /// <param name="type">An enumeration, a kind that has a name, int, long or double.</param>
    /// <returns>The value, of that type; null where it is none.</returns>
    public static object? Read(object? given, Type type) => Wrapper.Without(given) switch
    {
        null or bool or char => null,
        var value when type.IsEnum => Choice(value, type),
        var value when KindsOf(type) is { } kinds => value is string word ? kinds.Named(word) : type.IsInstanceOfType(value) ? value : null,
        string text => type == typeof(double) ? (object?)Number(text.Trim()) : InRange(Whole(text.Trim()), type),
        Enum => null,
        IConvertible number => type == typeof(double) ? (object?)Converted<double>(number) : InRange(WholeOf(number), type),
        _ => null,
    };

    /// <summary>What is wrong with a value that cannot be read.</summary>
    public static string Problem(object? given, Type type)
    {
        string text = given is IEnumerable several and not string ? string.Join(',', several.Cast<object>().Select(Text)) : Text(given);
        string comma = NamesOf(type) is not null || !text.Contains(',', StringComparison.Ordinal) ? ""
            : type == typeof(double) ? " Write a decimal point, as in 0.5, and no separators of thousands." : " Write no separators of thousands.";
        return $"'{text}' is not {(NamesOf(type) is { } names ? $"one of {names}" : type == typeof(double) ? "a number" : "a whole number")}.{comma}";
    }

    /// <summary>The kinds that a type has by name; null for other types.</summary>
    private static IReadOnlyList<INamedKind>? KindsOf(Type type) =>
        type == typeof(Sampler) ? SamplerRegistry.All : type == typeof(Combiner) ? CombinerRegistry.All : null;

    private static string? NamesOf(Type type) => type.IsEnum ? string.Join(", ", Enum.GetNames(type)) : KindsOf(type)?.Names();

    private static string Text(object? given) => string.Create(CultureInfo.InvariantCulture, $"{given}");

    private static object? Choice(object given, Type type)
    {
        if (given is string text) { return !text.Contains(',', StringComparison.Ordinal) && Enum.TryParse(type, text.Trim(), ignoreCase: true, out object? named) && Enum.IsDefined(type, named!) ? named : null; }
        return LanguagePrimitives.TryConvertTo(given, type, CultureInfo.InvariantCulture, out object value) && Enum.IsDefined(type, value) ? value : null;
    }

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : Literal(text);

    /// <summary>Digits; what only looks whole once a spreadsheet has rounded it, such as 1.23457E+11, is none.</summary>
    private static long? Whole(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value
        : text.Contains('.', StringComparison.Ordinal) && text.Contains('e', StringComparison.OrdinalIgnoreCase) ? null
        : Number(text) is { } number ? WholeOf(number) : null;

    private static long? WholeOf(IConvertible number) =>
        number is double or float or decimal ? Converted<double>(number) is { } value && Math.Floor(value) == value && Math.Abs(value) <= ExactlyWhole ? (long)value : null
        : Converted<long>(number);

    /// <summary>What else is a number in PowerShell: 0x10, 1KB.</summary>
    private static double? Literal(string text) => text.Length > 0 && char.IsAsciiDigit(text[0]) && !text.Contains(',', StringComparison.Ordinal) ? Converted<double>(text) : null;

    private static T? Converted<T>(object given) where T : struct => LanguagePrimitives.TryConvertTo<T>(given, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static object? InRange(long? value, Type type) => type == typeof(long) ? value : value is >= int.MinValue and <= int.MaxValue ? (object)(int)value : null;
}
