using System.Globalization;
using System.Net;
using System.Text;
using Mcdm.Files;

namespace Mcdm.Benchmarks.Results;

/// <summary>The first pictures of every row as a static HTML page beside the folder of the rows.</summary>
internal static class ResultsReport
{
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #222; background: #fff }
        table { border-collapse: collapse } td, th { padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: middle; border-top: 1px solid #ddd }
        img { display: block; image-rendering: pixelated }
        @media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } td, th { border-color: #444 } }
        """;

    /// <summary>Whether the page has a row's pictures: of several runs, those of the first.</summary>
    public static bool Shows(ResultRow row) => row.Run == 0;

    public static void Write(ResultStore store, ResultsOptions options)
    {
        string path = options.Report, page = Path.GetFileName(options.Page);
        var measured = store.Read();
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Mcdm: results</title><style>\n").Append(Style).Append("</style>\n");
        html.Append(CultureInfo.InvariantCulture, $"<h1>Results in pictures</h1>\n<p>The first six pictures of each row of <a href=\"{page}\">{page}</a>; those of one column have the conditions of the same held-out picture and the same seed.</p>\n");
        foreach (var composition in HeldOutPictures.Compositions.Keys)
        {
            var results = options.Plan.Rows.Where(row => row.Conditions == composition && Shows(row) && File.Exists(store.StripOf(row)))
                .OrderBy(row => ResultRows.PlaceOf(row.Sampler)).ThenBy(row => row.Steps).ThenBy(ResultRows.PlaceOf)
                .Select(measured.GetValueOrDefault).OfType<RowResult>().ToList();
            if (results.Count == 0) { continue; }
            html.Append(CultureInfo.InvariantCulture, $"<h2>{WebUtility.HtmlEncode(composition)}</h2>\n<table><tr><th>method<th>sampler<th>pictures<th>FID\n");
            foreach (var result in results)
            {
                var row = result.Row;
                string picture = Path.GetRelativePath(Path.GetDirectoryName(path)!, store.StripOf(row)).Replace('\\', '/');
                html.Append(CultureInfo.InvariantCulture,
                    $"<tr><td>{WebUtility.HtmlEncode(row.MethodName)}<td>{WebUtility.HtmlEncode(ResultsPage.NameOf(row.Sampler))}, {row.Steps}<td><img alt=\"\" src=\"{Uri.EscapeDataString(picture).Replace("%2F", "/", StringComparison.Ordinal)}\"><td>{result.Measured.Fid:0.00}\n");
            }
            html.Append("</table>\n");
        }
        AtomicFile.WriteText(path, html.ToString());
    }
}
