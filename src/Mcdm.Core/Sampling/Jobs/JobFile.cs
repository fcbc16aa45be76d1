using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;
using Mcdm.Files;
using Mcdm.Tables;

namespace Mcdm.Sampling.Jobs;

/// <summary>A row of a job file as it is written.</summary>
/// <param name="Number">Its number among the file's rows, from 1: blank ones count too.</param>
/// <param name="Line">The line that it begins on.</param>
/// <param name="Fields">What stands between the delimiters.</param>
/// <param name="IsMisquoted">Whether a quote in it stands where none may be.</param>
internal readonly record struct JobLine(int Number, int Line, string[] Fields, bool IsMisquoted);

/// <summary>
/// Reads a CSV file row by row: its encoding by byte order mark, its delimiter by Excel's sep= line or by the line that names the columns.
/// </summary>
internal sealed partial class JobFile : IDisposable
{
    private const string Delimiters = ",;\t";

    /// <summary>Where numbers have a comma for a point, fields are separated by this.</summary>
    private const char DelimiterOfDecimalCommas = ';';

    private readonly string _path;
    private readonly StreamReader _reader;
    private readonly CsvConfiguration _configuration;
    private readonly bool[] _decimals;

    /// <summary>The columns up to the last that has a name: spreadsheets write delimiters behind it, or leave them out there.</summary>
    private readonly int _named;

    private int _line;
    private bool _misquoted;

    /// <param name="path">The file.</param>
    /// <param name="delimiter">What stands between two fields; null to find it out.</param>
    /// <param name="encoding">Its encoding where it has no byte order mark; null for UTF-8.</param>
    /// <exception cref="McdmException"><c>JobsAreFolder</c>, <c>JobsEmpty</c>, <c>JobQuotes</c>, <c>JobColumnTwice</c> or <c>TextEncoding</c>.</exception>
    public JobFile(string path, char? delimiter = null, Encoding? encoding = null)
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
            if (header is null)
            {
                throw new McdmException("JobsEmpty", ErrorKind.InvalidData,
                    $"'{path}' is empty; its first line names the columns, such as Name,Text,Sketch,Seed.");
            }
            Delimiter = delimiter ?? DelimiterOf(header);
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
            if (_misquoted)
            {
                throw new McdmException("JobQuotes", ErrorKind.InvalidData,
                    $"Line {_line} of '{path}', which names the columns, has a quote in the wrong place.");
            }
            _named = Columns.ToList().FindLastIndex(column => column.Length > 0) + 1;
            _decimals = [.. Columns.Select(column => Delimiter == DelimiterOfDecimalCommas && JobColumns.Find(column) is ValueColumn<double>)];
            var named = Columns.Where(column => column.Length > 0).GroupBy(column => column, StringComparer.OrdinalIgnoreCase);
            if (named.FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                throw new McdmException("JobColumnTwice", ErrorKind.InvalidData,
                    $"'{path}' has the column '{twice.Key}' {twice.Count()} times; name each column once.");
            }
        }
        catch
        {
            _reader.Dispose();
            throw;
        }
    }

    /// <summary>What stands between two fields.</summary>
    public char Delimiter { get; }

    /// <summary>Names of the columns; empty for one without.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The rows that say something, in order.</summary>
    public IEnumerable<JobLine> Lines()
    {
        using var parser = new CsvParser(_reader, _configuration, leaveOpen: true);
        for (int number = 1, line = _line + 1; parser.Read(); number++)
        {
            if (_misquoted || parser.Record!.Any(field => field.Length > 0)) { yield return new JobLine(number, line, parser.Record!, _misquoted); }
            _misquoted = false;
            line = _line + parser.RawRow + 1;
        }
    }

    /// <summary>Refuses a line that is no row: one with more fields than columns that have names, or with fewer.</summary>
    /// <exception cref="McdmException"><c>JobQuotes</c> or <c>JobCells</c>.</exception>
    public void Check(JobLine line)
    {
        if (line.IsMisquoted)
        {
            throw new McdmException("JobQuotes", ErrorKind.InvalidData,
                $"Line {line.Line} of '{_path}' has a quote in the wrong place; a cell in double quotes has its own quotes doubled.");
        }
        int filled = line.Fields.Length;
        while (filled > Columns.Count && line.Fields[filled - 1].Length == 0) { filled--; }
        if (filled > Columns.Count || filled < _named)
        {
            throw new McdmException("JobCells", ErrorKind.InvalidData,
                $"Line {line.Line} of '{_path}' has {filled} cells where there are {_named} columns; a cell that holds '{Delimiter}' stands in double quotes.");
        }
    }

    /// <summary>What a line says, with decimal points, the file that its paths start at and its number.</summary>
    public Row Values(JobLine line)
    {
        var values = new List<KeyValuePair<string, object?>>();
        for (int i = 0; i < Math.Min(_named, line.Fields.Length); i++)
        {
            string field = line.Fields[i];
            // A cell that is empty says nothing, also where what is typed would.
            bool isSilent = field.Length == 0 && JobColumns.Find(Columns[i]) is TextColumn { SaysEmpty: true };
            if (Columns[i].Length > 0 && !isSilent) { Add(Columns[i], _decimals[i] && DecimalComma().IsMatch(field) ? field.Replace(',', '.') : field); }
        }
        AddUnlessThere(JobColumns.BasePath, _path);
        AddUnlessThere(JobColumns.Row, line.Number);
        return new Row(values);

        void Add(string name, object value) => values.Add(KeyValuePair.Create<string, object?>(name, value));

        void AddUnlessThere(Column column, object value)
        {
            if (!values.Exists(one => one.Key.Equals(column.Name, StringComparison.OrdinalIgnoreCase))) { Add(column.Name, value); }
        }
    }

    /// <summary>The position of a column without a name in which a line has something; null where there is none.</summary>
    public int? Nameless(JobLine line)
    {
        int column = Enumerable.Range(0, Math.Min(line.Fields.Length, Columns.Count))
            .FirstOrDefault(i => Columns[i].Length == 0 && line.Fields[i].Length > 0, -1);
        return column < 0 ? null : column;
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
    private static char DelimiterOf(string header)
    {
        string outside = Quoted().Replace(header, "");
        return Delimiters.MaxBy(delimiter =>
            (header.Split(delimiter).Count(name => JobColumns.Find(name.Trim(' ', '"')) is not null), outside.Count(c => c == delimiter)));
    }

    /// <summary>Excel's line that says what stands between two cells.</summary>
    [GeneratedRegex("^\\s*\"?sep=(.)\"?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Separator();

    /// <summary>A number as most of Europe writes it.</summary>
    [GeneratedRegex(@"^[+-]?\d*,\d+([eE][+-]?\d+)?$")]
    private static partial Regex DecimalComma();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();
}
