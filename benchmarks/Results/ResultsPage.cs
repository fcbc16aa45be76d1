using System.Globalization;
using System.Text;
using Mcdm.Diffusion.Samplers;
using Mcdm.Evaluation;
using Mcdm.Files;

namespace Mcdm.Benchmarks.Results;

/// <summary>The rows as a page of Markdown, made from what was measured alone.</summary>
internal static class ResultsPage
{
    public static void Write(ResultStore store, ResultsOptions options)
    {
        string rows = Path.GetFileName(Path.TrimEndingDirectorySeparator(options.Rows)), report = Path.GetFileName(options.Report);
        var plan = options.Plan.Rows;
        var results = plan.Select(store.Read().GetValueOrDefault).OfType<RowResult>().ToList();
        bool Has(string method) => plan.Any(row => row.Method == method);
        var text = new StringBuilder();
        text.AppendLine("# Results").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{options.Plan.Introduction} This page is written by").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"    dotnet run -c Release --project benchmarks -- {options.Command}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"from the rows in [{rows}/rows.jsonl]({rows}/rows.jsonl), a line each with the settings that made it; a row that is there is not measured again. It needs the held-out");
        text.AppendLine(CultureInfo.InvariantCulture, $"pictures (a folder under `tools` says how to get them) and, for the rows of baselines, what `-- baseline train` trained. [{report}]({report})");
        text.AppendLine("shows pictures of each row.").AppendLine();
        text.AppendLine("The first held-out pictures give the conditions: the whole mask, all edges, the caption. *Text* is the share of a caption's statements that the judge sees");
        text.AppendLine("in the picture, *mask* the mean IoU of the parts, *sketch* the F1 of edges within a pixel, *chamfer* the mean distance of edges in pixels, *colours* the");
        text.AppendLine("peak signal-to-noise ratio of the picture's 8×8 version in dB (for a low-resolution expert). FID, KID,");
        text.AppendLine(CultureInfo.InvariantCulture, $"precision and recall compare the row's pictures with the {results.Max(result => result.Measured.Reference):#,0} held-out pictures that give no conditions. *Grain* is the rms of levels (of 255) about their mean");
        text.AppendLine(CultureInfo.InvariantCulture, $"in the neighbourhoods of 3×3 pixels that are flat in {FlatPlaces.NearlyAll:0 %} of those, *flat* the share of a picture's neighbourhoods that are flat; both are empty in");
        text.AppendLine("rows that were measured before there were these. *Cost* is network evaluations of a picture,");
        text.AppendLine("at most: resampled particles that are copies are evaluated once. *Arithmetic* is what they were computed in: bfloat16 where the machine has instructions");
        text.AppendLine("for it. What is drawn from one held-out picture's conditions has the same seed in all rows of a run.");
        if (Has(ResultRows.Middle)) { text.AppendLine(CultureInfo.InvariantCulture, $"*Middle* gives each condition the weights {ResultRows.MiddleAlone} over the noise levels; where all are 0, the unconditional expert alone is evaluated."); }
        if (Has(ResultRows.Opening)) { text.AppendLine(CultureInfo.InvariantCulture, $"*Guided at first* gives a sentence weights over the noise levels ({ResultRows.OpeningGuidance})."); }
        if (Has(ResultRows.Guided)) { text.AppendLine(CultureInfo.InvariantCulture, $"*Guided* gives each condition weights over the noise levels ({ResultRows.Guidance})."); }
        if (Has(ResultRows.Corrected)) { text.AppendLine(CultureInfo.InvariantCulture, $"*Particles* draws each picture from {ResultRows.Particles.Particles} particles at temperature {ResultRows.Particles.Temperature}."); }
        text.AppendLine("*The pictures themselves* are those that the conditions were taken from: what a judge sees where nothing could be better.").AppendLine();
        foreach (var group in plan.GroupBy(row => (row.Sampler, row.Steps, row.Pictures))
            .OrderBy(group => ResultRows.PlaceOf(group.Key.Sampler)).ThenBy(group => group.Key.Steps != 25).ThenBy(group => group.Key.Steps))
        {
            var found = results.IntersectBy(group, result => result.Row).ToList();
            var measured = found.Where(result => result.Row.Run == 0).ToList();
            text.AppendLine(CultureInfo.InvariantCulture, $"## {NameOf(group.Key.Sampler)}, {group.Key.Steps} steps, {group.Key.Pictures} pictures").AppendLine();
            if (measured.Count == 0)
            {
                text.AppendLine("Not measured yet.").AppendLine();
                continue;
            }
            if (group.Key.Pictures < 500)
            {
                text.AppendLine("FID of so few pictures lies higher by itself; compare it within this table only.").AppendLine();
                var corrected = measured.Where(result => result.Row.Method == ResultRows.Corrected).ToList();
                if (corrected.Count > 0)
                {
                    text.AppendLine("Rows of particles take hours, and so few pictures show no difference as small as theirs over 500 pictures, so that most of them were left out. Those that are here took:").AppendLine();
                    foreach (var result in corrected) { text.AppendLine(CultureInfo.InvariantCulture, $"- {result.Row.Conditions}: {result.Seconds / 3600:0.0} hours in {result.Precision}"); }
                    text.AppendLine();
                }
            }
            text.AppendLine("| conditions | method | text | mask | sketch | chamfer | colours | FID | KID | precision | recall | grain | flat | cost | arithmetic |").AppendLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
            foreach (var result in measured.OrderBy(result => ResultRows.PlaceOf(result.Row)))
            {
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"| {result.Row.Conditions} | {result.Row.MethodName} | {result.Measured.Text:0.000} | {result.Measured.Segment:0.000} | {result.Measured.Sketch:0.000} | {result.Measured.Chamfer:0.00} | {result.Measured.LowResolution:0.0} | {result.Measured.Fid:0.00} | {result.Measured.Kid:0.000} | {result.Measured.Precision:0.000} | {result.Measured.Recall:0.000} | {result.Measured.Grain:0.00} | {result.Measured.FlatShare:0.000} | {result.Evaluations:0} | {result.Precision} |");
            }
            int missing = group.Count() - found.Count;
            text.AppendLine();
            if (missing > 0) { text.AppendLine(CultureInfo.InvariantCulture, $"{missing} rows of this table are not measured yet.").AppendLine(); }
        }
        Seeds(results, text);
        AtomicFile.WriteText(options.Page, text.ToString());
    }

    /// <summary>What changes from one run to another, with other seeds.</summary>
    private static void Seeds(IEnumerable<RowResult> results, StringBuilder text)
    {
        var repeated = results.GroupBy(result => result.Row with { Run = 0 }).Where(group => group.Count() > 1).ToList();
        if (repeated.Count == 0) { return; }
        text.AppendLine("## Over several seeds").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{string.Join(" and ", repeated.Select(group => $"{group.Key.Pictures} pictures").Distinct())}: mean, and lowest to highest of the runs.").AppendLine();
        text.AppendLine("| conditions | method | steps | runs | text | mask | sketch | mean of these | FID | recall | grain | cost |").AppendLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var group in repeated.OrderBy(group => ResultRows.PlaceOf(group.Key)).ThenBy(group => group.Key.LogSnr == true).ThenBy(group => group.Key.Steps))
        {
            var runs = group.ToList();
            string Range(Func<RowResult, double?> figure, string format)
            {
                var values = runs.Select(figure).OfType<double>().ToList();
                if (values.Count == 0) { return ""; }
                string Show(double value) => value.ToString(format, CultureInfo.InvariantCulture);
                return $"{Show(values.Average())} ({Show(values.Min())}–{Show(values.Max())})";
            }
            text.AppendLine($"| {group.Key.Conditions} | {group.Key.MethodName} | {group.Key.Steps} | {runs.Count} | {Range(run => run.Measured.Text, "0.000")} | {Range(run => run.Measured.Segment, "0.000")} | {Range(run => run.Measured.Sketch, "0.000")} | {Range(run => run.Score, "0.000")} | {Range(run => run.Measured.Fid, "0.00")} | {Range(run => run.Measured.Recall, "0.000")} | {Range(run => run.Measured.Grain, "0.00")} | {runs[0].Evaluations:0} |");
        }
        text.AppendLine();
    }

    public static string NameOf(string sampler) => sampler switch
    {
        nameof(DpmSolver) => "DPM-Solver++(2M)",
        nameof(Ddpm) => "DDPM",
        _ => "DDIM",
    };
}
