using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;
using Mcdm.Files;

namespace Mcdm.PowerShell;

/// <summary>A row of a job file.</summary>
/// <param name="Number">Its number among the file's rows, from 1: blank ones count too.</param>
/// <param name="Line">The line that it begins on.</param>
/// <param name="Cells">Its cells.</param>
/// <param name="IsMisquoted">Whether a quote in it stands where none may be.</param>
internal readonly record struct JobRow(int Number, int Line, string[] Cells, bool IsMisquoted);

/// <summary>
/// Reads a CSV file row by row: its encoding by byte order mark, its delimiter by Excel's sep= line or by the line that names the columns.
/// </summary>
internal sealed partial class JobFile : IDisposable
{
    private const string Delimiters = ",;\t";
    private readonly string _path;
    private readonly StreamReader _reader;
    private readonly CsvConfiguration _configuration;
    private int _line;
    private bool _misquoted;

    /// <param name="path">The file.</param>
    /// <param name="delimiter">What stands between two cells; null to find it out.</param>
    /// <param name="encoding">Its encoding where it has no byte order mark; null for UTF-8.</param>
    /// <param name="isKnown">Whether a column of a name is read.</param>
    /// <exception cref="McdmException"><c>JobsAreFolder</c>, <c>JobsEmpty</c>, <c>JobQuotes</c>, <c>JobColumnTwice</c> or <c>TextEncoding</c>.</exception>
    public JobFile(string path, char? delimiter, Encoding? encoding, Func<string, bool> isKnown)
    {
        if (Directory.Exists(path)) { throw new McdmException("JobsAreFolder", ErrorKind.InvalidArgument, $"'{path}' is a folder; name the CSV file in it."); }
        _path = path;
        _reader = TextFile.Open(path, encoding, "say what it is, as in -Encoding ansi (or 1252, Windows in western Europe), or save it as 'CSV UTF-8'");
        try
        {
            string? header = ReadHeader();
            if (header is not null && Separator().Match(header) is { Success: true } separator)
            {
                delimiter ??= separator.Groups[1].Value[0];
                header = ReadHeader();
            }
            if (header is null) { throw new McdmException("JobsEmpty", ErrorKind.InvalidData, $"'{path}' is empty; its first line names the columns, such as Name,Text,Sketch,Seed."); }
            Delimiter = delimiter ?? DelimiterOf(header, isKnown);
            _configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                TrimOptions = TrimOptions.Trim,
                Delimiter = Delimiter.ToString(),
                IgnoreBlankLines = false,
                BadDataFound = _ => _misquoted = true,
            };
            using var parser = new CsvParser(new StringReader(header), _configuration);
            parser.Read();
            Columns = parser.Record!;
            if (_misquoted) { throw new McdmException("JobQuotes", ErrorKind.InvalidData, $"Line {_line} of '{path}', which names the columns, has a quote in the wrong place."); }
            if (Columns.Where(column => column.Length > 0).GroupBy(column => column, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                throw new McdmException("JobColumnTwice", ErrorKind.InvalidData, $"'{path}' has the column '{twice.Key}' {twice.Count()} times; name each column once.");
            }
        }
        catch
        {
            _reader.Dispose();
            throw;
        }
    }

    /// <summary>What stands between two cells.</summary>
    public char Delimiter { get; }

    /// <summary>Names of the columns; empty for one without.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The rows that say something, in order.</summary>
    public IEnumerable<JobRow> Rows()
    {
        using var parser = new CsvParser(_reader, _configuration, leaveOpen: true);
        for (int number = 1, line = _line + 1; parser.Read(); number++)
        {
            if (_misquoted || parser.Record!.Any(cell => cell.Length > 0)) { yield return new JobRow(number, line, parser.Record!, _misquoted); }
            _misquoted = false;
            line = _line + parser.RawRow + 1;
        }
    }

    /// <summary>Refuses a row that is not whole.</summary>
    /// <returns>The columns up to the last that has a name: spreadsheets write delimiters behind it, or leave them out there.</returns>
    /// <exception cref="McdmException"><c>JobQuotes</c> or <c>JobCells</c>.</exception>
    public int Check(JobRow row)
    {
        if (row.IsMisquoted)
        {
            throw new McdmException("JobQuotes", ErrorKind.InvalidData, $"Line {row.Line} of '{_path}' has a quote in the wrong place; a cell in double quotes has its own quotes doubled.");
        }
        int named = Columns.Count, filled = row.Cells.Length;
        while (named > 0 && Columns[named - 1].Length == 0) { named--; }
        while (filled > Columns.Count && row.Cells[filled - 1].Length == 0) { filled--; }
        return filled <= Columns.Count && filled >= named ? named : throw new McdmException("JobCells", ErrorKind.InvalidData,
            $"Line {row.Line} of '{_path}' has {filled} cells where there are {named} columns; a cell that holds '{Delimiter}' stands in double quotes.");
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _reader.Dispose();

    /// <summary>The next line that is not blank, with those that a quoted cell goes on in; null at the end.</summary>
    private string? ReadHeader()
    {
        string? header = null;
        while (_reader.ReadLine() is { } line)
        {
            _line++;
            header = header is null ? line : header + "\n" + line;
            if (string.IsNullOrWhiteSpace(header)) { header = null; }
            else if (header.Count(c => c == '"') % 2 == 0) { return header; }
        }
        return header;
    }

    /// <summary>The delimiter that makes most of the header's names known ones; of several, that which stands there most often, outside of quotes.</summary>
    private static char DelimiterOf(string header, Func<string, bool> isKnown)
    {
        string outside = Quoted().Replace(header, "");
        return Delimiters.MaxBy(delimiter => (header.Split(delimiter).Count(name => isKnown(name.Trim(' ', '"'))), outside.Count(c => c == delimiter)));
    }

    /// <summary>Excel's line that says what stands between two cells.</summary>
    [GeneratedRegex("^\\s*\"?sep=(.)\"?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Separator();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();
}
