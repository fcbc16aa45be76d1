using System.Management.Automation;
using System.Text;
using Mcdm.PowerShell.Binding;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Serialization;
using Mcdm.Runs;
using Mcdm.Sampling;
using Mcdm.Sampling.Jobs;

namespace Mcdm.PowerShell.Commands;

/// <summary>
/// Reads compositions from CSV files: a record for each row, with paths that start at the file's folder; and from saved pictures, whose recipe is a row.
/// </summary>
[Cmdlet(VerbsData.Import, "McdmJob", DefaultParameterSetName = PathSet)]
[OutputType(typeof(PSCustomObject))]
public sealed class ImportMcdmJob : PathCmdlet
{
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
    [ArgumentCompleter(typeof(Numbers))]
    public int? Part { get; set; }

    /// <summary>How many parts there are.</summary>
    [Parameter]
    [Number(typeof(int))]
    [ArgumentCompleter(typeof(Numbers))]
    public int? Of { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin() => _share = JobShare.From(Part, Of);

    /// <inheritdoc/>
    protected override void ProcessPath(string path)
    {
        if (System.IO.Path.GetExtension(path).Equals(PictureName.Extension, StringComparison.OrdinalIgnoreCase))
        {
            if (_share.Holds(_rows++)) { WriteObject(JobRecord.Of(RecipeRow.OfFile(path).Values)); }
            return;
        }
        using var file = new JobFile(path, Delimiter, Encoding);
        new UnknownColumns(WriteWarning).Check(file.Columns.Where(column => column.Length > 0));
        bool warned = false;
        // Whoever samples the rows can tell how far they are.
        var lines = file.Lines().ToList();
        foreach (var line in lines)
        {
            if (!_share.Holds(_rows++)) { continue; }
            var job = new JobRow(file.Values(line), line.Number);
            bool isRow = false;
            Attempt(path, () =>
            {
                try
                {
                    file.Check(line);
                    isRow = true;
                }
                catch (McdmException e)
                {
                    throw job.Failure(e);
                }
            });
            if (!isRow) { continue; }
            if (!warned && file.Nameless(line) is { } column)
            {
                WriteWarning($"Column {column + 1} of '{path}' has no name, and its cells (the first in line {line.Line}) are not read; " +
                    $"a cell that holds '{file.Delimiter}' stands in double quotes.");
                warned = true;
            }
            WriteObject(JobRecord.Of(job.Row, lines[^1].Number));
        }
    }
}
