using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;

namespace Mcdm.PowerShell.Commands;

/// <summary>Reads compositions from CSV files: a record for each row, with paths that start at the file's folder.</summary>
[Cmdlet(VerbsData.Import, "McdmJob", DefaultParameterSetName = PathSet, HelpUri = HelpPage.Folder + "Import-McdmJob.md")]
[OutputType(typeof(PSCustomObject))]
public sealed partial class ImportMcdmJob : PathCmdlet
{
    /// <summary>The name by which formats know a row.</summary>
    internal const string TypeName = "Mcdm.Job";

    /// <summary>Where numbers have a comma for a point, cells are separated by this.</summary>
    private const char DelimiterOfDecimalCommas = ';';

    private JobShare _share;
    private long _rows;

    /// <summary>What stands between two cells; found out by default.</summary>
    [Parameter]
    public char? Delimiter { get; set; }

    /// <summary>The encoding of files without a byte order mark; UTF-8 by default.</summary>
    [Parameter]
    [EncodingTransformation]
    [ArgumentCompleter(typeof(EncodingNames))]
    [ValidateNotNull]
    public Encoding? Encoding { get; set; }

    /// <summary>Which part of the rows, from 1, where several processes divide them among themselves.</summary>
    [Parameter]
    [Number(typeof(int))]
    public int? Part { get; set; }

    /// <summary>How many parts there are.</summary>
    [Parameter]
    [Number(typeof(int))]
    public int? Of { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin() => _share = JobShare.From(Part, Of);

    /// <inheritdoc/>
    protected override void ProcessPath(string path)
    {
        var columns = new RecordColumns(typeof(InvokeMcdmSample), InvokeMcdmSample.RecordSet);
        using var file = new JobFile(path, Delimiter, Encoding, columns.Knows);
        columns.Check(file.Columns.Where(column => column.Length > 0), WriteWarning);
        var decimals = file.Columns.Select(column => file.Delimiter == DelimiterOfDecimalCommas && columns.HoldsDecimals(column)).ToArray();
        int name = file.Columns.ToList().FindIndex(column => column.Equals(nameof(InvokeMcdmSample.Name), StringComparison.OrdinalIgnoreCase));
        bool warned = false;
        foreach (var row in file.Rows())
        {
            if (!_share.Holds(_rows++)) { continue; }
            PSObject? job = null;
            Attempt(path, () =>
            {
                try
                {
                    job = Job(file, row, decimals, path);
                }
                catch (McdmException e)
                {
                    throw Errors.OfRow(e, row.Number, name >= 0 && name < row.Cells.Length ? row.Cells[name] : null);
                }
            });
            if (job is null) { continue; }
            if (!warned && Nameless(file, row) is { } column)
            {
                WriteWarning($"Column {column + 1} of '{path}' has no name, and its cells (the first in line {row.Line}) are not read; a cell that holds '{file.Delimiter}' stands in double quotes.");
                warned = true;
            }
            WriteObject(job);
        }
    }

    private static PSObject Job(JobFile file, JobRow row, bool[] decimals, string path)
    {
        int named = file.Check(row);
        var job = new PSObject();
        job.TypeNames.Insert(0, TypeName);
        for (int i = 0; i < named; i++)
        {
            if (file.Columns[i].Length > 0) { job.Properties.Add(new PSNoteProperty(file.Columns[i], decimals[i] && DecimalComma().IsMatch(row.Cells[i]) ? row.Cells[i].Replace(',', '.') : row.Cells[i])); }
        }
        AddUnlessThere(job, nameof(InvokeMcdmSample.BasePath), path);
        AddUnlessThere(job, nameof(InvokeMcdmSample.Row), row.Number);
        return job;
    }

    /// <summary>A column without a name that a row has something in; null where there is none.</summary>
    private static int? Nameless(JobFile file, JobRow row)
    {
        int column = Enumerable.Range(0, Math.Min(row.Cells.Length, file.Columns.Count)).FirstOrDefault(i => file.Columns[i].Length == 0 && row.Cells[i].Length > 0, -1);
        return column < 0 ? null : column;
    }

    private static void AddUnlessThere(PSObject job, string name, object value)
    {
        if (job.Properties[name] is null) { job.Properties.Add(new PSNoteProperty(name, value)); }
    }

    /// <summary>A number as most of Europe writes it.</summary>
    [GeneratedRegex(@"^[+-]?\d*,\d+([eE][+-]?\d+)?$")]
    private static partial Regex DecimalComma();
}
