using System.Globalization;
using System.Text;
using Mcdm.Diffusion.Samplers;
using Mcdm.Evaluation;

namespace Mcdm.Benchmarks.Results;

/// <summary>The rows as a page of Markdown, made from what was measured alone.</summary>
internal static class ResultsPage
{
    public static void Write(ResultStore store, string path)
    {
        var results = ResultRows.All.Select(store.Read().GetValueOrDefault).OfType<RowResult>().ToList();
        var text = new StringBuilder();
        text.AppendLine("# Results").AppendLine();
        text.AppendLine("The experiments of the MCDM paper (sections 5.1 to 5.3 and Figure 4), which it shows as pictures, in numbers. This page is written by").AppendLine();
        text.AppendLine("    dotnet run -c Release --project benchmarks -- results").AppendLine();
        text.AppendLine("from the rows in [results/rows.jsonl](results/rows.jsonl), a line each with the settings that made it; a row that is there is not measured again. It needs the faces");
        text.AppendLine("that `tools/faces` draws and, for the rows of baselines, what `-- baseline train joint` and `-- baseline train vae` trained. [results.html](results.html)");
        text.AppendLine("shows pictures of each row.").AppendLine();
        text.AppendLine("The first held-out faces give the conditions: the whole mask, all edges, the caption. *Text* is the share of a caption's statements that the judge sees");
        text.AppendLine("in the picture, *mask* the mean IoU of the parts, *sketch* the F1 of edges within a pixel, *chamfer* the mean distance of edges in pixels, *colours* the");
        text.AppendLine("peak signal-to-noise ratio of the picture's 8×8 version in dB (for the low-resolution expert, which was added last and alone). FID, KID,");
        text.AppendLine("precision and recall compare the row's pictures with the 1,500 held-out faces that give no conditions. *Grain* is the rms of levels (of 255) about their mean");
        text.AppendLine(CultureInfo.InvariantCulture, $"in the neighbourhoods of 3×3 pixels that are flat in {FlatPlaces.NearlyAll:0 %} of those faces, *flat* the share of a picture's neighbourhoods that are flat; both are empty in");
        text.AppendLine("rows that were measured before there were these. *Cost* is network evaluations of a picture,");
        text.AppendLine("at most: resampled particles that are copies are evaluated once. *Arithmetic* is what they were computed in: bfloat16 where the machine has instructions");
        text.AppendLine("for it. Pictures of one face have the same seed in all rows of a run.");
        text.AppendLine(CultureInfo.InvariantCulture, $"*Guided* gives each condition weights over the noise levels ({ResultRows.Guidance}), *calibrated* those that `-- weights` fitted, *particles*");
        text.AppendLine(CultureInfo.InvariantCulture, $"draws each picture from {ResultRows.Particles.Particles} particles at temperature {ResultRows.Particles.Temperature}.");
        text.AppendLine("*The faces themselves* are those that the conditions were taken from: what a judge sees where nothing could be better.").AppendLine();
        foreach (var group in ResultRows.All.GroupBy(row => (row.Sampler, row.Steps, row.Faces)).OrderBy(group => group.Key.Sampler).ThenBy(group => group.Key.Steps != 25).ThenBy(group => group.Key.Steps))
        {
            var found = results.IntersectBy(group, result => result.Row).ToList();
            var measured = found.Where(result => result.Row.Run == 0).ToList();
            text.AppendLine(CultureInfo.InvariantCulture, $"## {NameOf(group.Key.Sampler)}, {group.Key.Steps} steps, {group.Key.Faces} faces").AppendLine();
            if (measured.Count == 0)
            {
                text.AppendLine("Not measured yet.").AppendLine();
                continue;
            }
            if (group.Key.Faces < 500)
            {
                text.AppendLine("FID of so few pictures lies higher by itself; compare it within this table only. Rows of particles take hours, and so few pictures show no difference as");
                text.AppendLine("small as theirs over 500 faces, so that most of them were left out. Those that are here took:").AppendLine();
                foreach (var result in measured.Where(result => result.Row.Method == ResultRows.Corrected))
                {
                    text.AppendLine(CultureInfo.InvariantCulture, $"- {result.Row.Conditions}: {result.Seconds / 3600:0.0} hours in {result.Precision}");
                }
                text.AppendLine();
            }
            text.AppendLine("| conditions | method | text | mask | sketch | chamfer | colours | FID | KID | precision | recall | grain | flat | cost | arithmetic |").AppendLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
            foreach (var result in measured.OrderBy(result => ResultRows.PlaceOf(result.Row)))
            {
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"| {result.Row.Conditions} | {result.Row.Method} | {result.Measured.Text:0.000} | {result.Measured.Segment:0.000} | {result.Measured.Sketch:0.000} | {result.Measured.Chamfer:0.00} | {result.Measured.LowResolution:0.0} | {result.Measured.Fid:0.00} | {result.Measured.Kid:0.000} | {result.Measured.Precision:0.000} | {result.Measured.Recall:0.000} | {result.Measured.Grain:0.00} | {result.Measured.FlatShare:0.000} | {result.Evaluations:0} | {result.Precision} |");
            }
            int missing = group.Count() - found.Count;
            text.AppendLine();
            if (missing > 0) { text.AppendLine(CultureInfo.InvariantCulture, $"{missing} rows of this table are not measured yet.").AppendLine(); }
        }
        Seeds(results, text);
        AtomicFile.WriteText(path, text.ToString());
    }

    /// <summary>What changes from one run to another, with other seeds.</summary>
    private static void Seeds(IEnumerable<RowResult> results, StringBuilder text)
    {
        text.AppendLine("## Over several seeds").AppendLine();
        text.AppendLine("DPM-Solver++ with 25 steps, 500 faces: mean, and lowest to highest of the runs.").AppendLine();
        text.AppendLine("| conditions | method | runs | text | mask | sketch | mean of these | FID | recall |").AppendLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        var measured = results.Where(result => result.Row is { Steps: 25, Sampler: SamplerKind.DpmSolver });
        foreach (var group in measured.GroupBy(result => (result.Row.Conditions, result.Row.Method)).OrderBy(group => ResultRows.PlaceOf(group.First().Row)))
        {
            var runs = group.ToList();
            if (runs.Count < 2) { continue; }
            string Range(Func<RowResult, double?> figure, string format)
            {
                var values = runs.Select(figure).OfType<double>().ToList();
                if (values.Count == 0) { return ""; }
                string Show(double value) => value.ToString(format, CultureInfo.InvariantCulture);
                return $"{Show(values.Average())} ({Show(values.Min())}–{Show(values.Max())})";
            }
            text.AppendLine($"| {group.Key.Conditions} | {group.Key.Method} | {runs.Count} | {Range(run => run.Measured.Text, "0.000")} | {Range(run => run.Measured.Segment, "0.000")} | {Range(run => run.Measured.Sketch, "0.000")} | {Range(run => run.Score, "0.000")} | {Range(run => run.Measured.Fid, "0.00")} | {Range(run => run.Measured.Recall, "0.000")} |");
        }
        text.AppendLine();
    }

    public static string NameOf(SamplerKind sampler) => sampler switch
    {
        SamplerKind.DpmSolver => "DPM-Solver++(2M)",
        SamplerKind.Ddpm => "DDPM",
        _ => "DDIM",
    };
}
