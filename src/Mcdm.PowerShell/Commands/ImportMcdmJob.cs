using System.Globalization;
using System.Management.Automation;
using CsvHelper;
using CsvHelper.Configuration;

namespace Mcdm.PowerShell.Commands;

/// <summary>Reads compositions from CSV files: a record for each row, with paths that start at the file's folder.</summary>
[Cmdlet(VerbsData.Import, "McdmJob", DefaultParameterSetName = PathSet)]
[OutputType(typeof(PSCustomObject))]
public sealed class ImportMcdmJob : PathCmdlet
{
    /// <summary>The name by which formats know a row.</summary>
    internal const string TypeName = "Mcdm.Job";

    /// <inheritdoc/>
    protected override void ProcessPath(string path)
    {
        if (Directory.Exists(path)) { throw new McdmException("JobsAreFolder", ErrorKind.InvalidArgument, $"'{path}' is a folder; name the CSV file in it."); }
        bool misquoted = false;
        using var file = File.OpenText(path);
        using var csv = new CsvReader(file, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            TrimOptions = TrimOptions.Trim,
            DetectDelimiter = true,
            DetectDelimiterValues = [",", ";", "\t"],
            BadDataFound = _ => misquoted = true,
        });
        if (!csv.Read() || !csv.ReadHeader()) { throw new McdmException("JobsEmpty", ErrorKind.InvalidData, $"'{path}' is empty; its first line names the columns, such as Name,Text,Sketch,Seed."); }
        string[] columns = csv.HeaderRecord!;
        if (columns.GroupBy(column => column, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new McdmException("JobColumnTwice", ErrorKind.InvalidData, $"'{path}' has the column '{twice.Key}' {twice.Count()} times; name each column once.");
        }
        new RecordColumns(typeof(InvokeMcdmSample), InvokeMcdmSample.RecordSet).Check(columns, WriteWarning);
        while (csv.Read())
        {
            string[] cells = csv.Parser.Record!;
            Attempt(path, () => WriteObject(Job(columns, cells, $"Line {csv.Parser.RawRow} of '{path}'", misquoted, path)));
            misquoted = false;
        }
    }

    private static PSObject Job(string[] columns, string[] cells, string line, bool misquoted, string path)
    {
        if (misquoted)
        {
            throw new McdmException("JobQuotes", ErrorKind.InvalidData, $"{line} has a quote in the wrong place; a cell in double quotes has its own quotes doubled.");
        }
        if (cells.Length != columns.Length)
        {
            throw new McdmException("JobCells", ErrorKind.InvalidData,
                $"{line} has {cells.Length} cells where there are {columns.Length} columns; a cell that holds a comma stands in double quotes.");
        }
        var job = new PSObject();
        job.TypeNames.Insert(0, TypeName);
        foreach (var (column, cell) in columns.Zip(cells)) { job.Properties.Add(new PSNoteProperty(column, cell)); }
        if (job.Properties[nameof(InvokeMcdmSample.BasePath)] is null) { job.Properties.Add(new PSNoteProperty(nameof(InvokeMcdmSample.BasePath), path)); }
        return job;
    }
}
