using System.Diagnostics;
using System.Globalization;
using Mcdm.Datasets;
using Mcdm.Evaluation;
using Mcdm.Modalities;
using Mcdm.Modalities.Segment;
using Mcdm.Runtime;
using Mcdm.Sampling;
using Spectre.Console;

namespace Mcdm.Benchmarks;

/// <summary>How right a judge is, on pictures that it did not see, and how fast.</summary>
internal static class JudgeBenchmark
{
    private const int BatchSize = 32;

    public static int Run(string judgeFolder, string dataFolder, int count, bool speed)
    {
        if (Repository.Lacks(Path.Combine(dataFolder, "labels.jsonl"))) { return 1; }
        using var judge = JudgePack.Read(judgeFolder, ComputeDevice.Select(null).ToTorch());
        var dataset = PictureDataset.Open([dataFolder]);
        var items = dataset.Items.Take(count).ToList();
        if (speed) { Speed(judge, items); }
        else { Accuracy(judge, dataset, items); }
        return 0;
    }

    private static void Accuracy(Judge judge, PictureDataset dataset, List<DatasetItem> items)
    {
        var right = judge.Attributes.ToDictionary(attribute => attribute.Name, _ => (Right: 0, Seen: 0, Visibility: 0));
        var statements = judge.StatedAttributes.ToDictionary(attribute => attribute, _ => (True: 0, Read: 0));
        var parts = new IntersectionOverUnion(judge.Parts.Count);
        int captions = 0, unread = 0;
        foreach (var batch in items.Chunk(BatchSize))
        {
            var seen = judge.Look(batch.Select(item => item.ReadPicture()).ToList());
            foreach (var (item, judgement) in batch.Zip(seen))
            {
                foreach (var (name, value) in item.Labels)
                {
                    if (!right.TryGetValue(name, out var sum)) { continue; }
                    string? judged = judgement.Attributes[name];
                    right[name] = (sum.Right + (value is not null && judged == value ? 1 : 0), sum.Seen + (value is not null ? 1 : 0), sum.Visibility + (value is null == judged is null ? 1 : 0));
                }
                if (item.ReadMask is { } mask) { parts.Add(judgement.Parts, judge.Masks!.Classes(Condition.FromSegment(mask()))); }
                captions += item.Captions.Count;
                unread += item.Captions.Count(caption => judge.Phrases.Read(caption).Count == 0);
                foreach (var statement in item.Captions.SelectMany(judge.Phrases.Read))
                {
                    if (item.Labels.GetValueOrDefault(statement.Attribute) is not { } value) { continue; }
                    var (isTrue, read) = statements[statement.Attribute];
                    statements[statement.Attribute] = (isTrue + (statement.Values.Contains(value) ? 1 : 0), read + 1);
                }
            }
        }
        var table = new Table().Title($"judge {judge.Name}: {judge.Parameters / 1e6:0.00} million parameters, {items.Count} held-out pictures; of {captions} captions it reads nothing in {unread}")
            .AddColumns("attribute", "values", "right where visible", "visibility right", "statements read", "of them true");
        foreach (var attribute in judge.Attributes)
        {
            var (correct, visible, visibility) = right[attribute.Name];
            var (isTrue, read) = statements.GetValueOrDefault(attribute.Name);
            table.AddRow(attribute.Name, $"{attribute.Values.Count}", Percent(correct, visible), Percent(visibility, items.Count), $"{read}", Percent(isTrue, read));
        }
        AnsiConsole.Write(table);
        var overlap = new Table().AddColumns("part", "IoU");
        for (int part = 0; part < judge.Parts.Count; part++) { overlap.AddRow(judge.Parts[part].Name, parts.Of(part)?.ToString("0.000", CultureInfo.InvariantCulture) ?? "–"); }
        AnsiConsole.Write(overlap.AddRow("mean", parts.Mean()?.ToString("0.000", CultureInfo.InvariantCulture) ?? "–"));
    }

    /// <summary>What Measure-McdmImage does with pictures under all three conditions, and with a reference of the same pictures.</summary>
    private static void Speed(Judge judge, List<DatasetItem> items)
    {
        var clock = Stopwatch.StartNew();
        var measured = new List<ImageMeasurement>();
        var seen = new List<Judgement>();
        foreach (var batch in items.Chunk(BatchSize))
        {
            var expected = batch.Select(item =>
            {
                var picture = item.ReadPicture();
                var conditions = new[] { Modality.Text, Modality.Segment, Modality.Sketch }.Select(modality => modality.ConditionOf(item, picture, modality.ExpertName)).ToList();
                return new Expectation(judge, new McdmImage(picture) { Name = item.Name }, conditions);
            }).ToList();
            seen.AddRange(judge.Look(expected.ConvertAll(one => one.Picture)));
            measured.AddRange(seen.TakeLast(batch.Length).Zip(expected, (judgement, one) => one.Against(judgement)));
        }
        double pictures = clock.Elapsed.TotalSeconds;
        var set = SetMeasurement.Of(measured, new ReferenceSet { Seen = seen });
        var table = new Table().Title($"{items.Count} pictures, three conditions each").AddColumns("what", "figure")
            .AddRow("conditions of all pictures", $"{pictures:0.0} s").AddRow("the set against itself", $"{clock.Elapsed.TotalSeconds - pictures:0.0} s")
            .AddRow("statements true", $"{set.Text:0.000}").AddRow("parts' IoU", $"{set.Segment:0.000}").AddRow("edge F1", $"{set.Sketch:0.000}").AddRow("FID to itself", $"{set.Fid:0.000}");
        AnsiConsole.Write(table);
    }

    private static string Percent(int part, int whole) => whole == 0 ? "–" : $"{100.0 * part / whole:0.0} %";
}
