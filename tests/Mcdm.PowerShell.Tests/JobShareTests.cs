using FsCheck;
using FsCheck.Fluent;
using Mcdm.Runs;

namespace Mcdm.PowerShell.Tests;

/// <summary>Rows that several processes divide among themselves (Import-McdmJob -Part -Of).</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class JobShareTests(PowerShellEngine engine)
{
    private const int Rows = 10_000, Parts = 16;

    private string Csv(int rows)
    {
        string path = Path.Combine(engine.Reset(), "jobs.csv");
        // Blank rows have numbers, and are no one's.
        File.WriteAllLines(path, Enumerable.Range(1, rows).Select(row => row % 7 == 0 ? ",\n" + $"n{row},hair" : $"n{row},hair").Prepend("Name,Text"));
        return path;
    }

    private IReadOnlyList<string> Names(string arguments, string csv) =>
        [.. engine.Invoke($"param($csv) (Import-McdmJob $csv {arguments}).Name", ("csv", csv)).WithoutErrors().Output.Select(name => $"{name}")];

    [Fact]
    public void Parts_are_disjoint_complete_and_within_one_row_of_equal_for_any_rows_and_parts() =>
        Prop.ForAll(Gen.Choose(0, 2 * Rows).ToArbitrary(), Gen.Choose(1, 300).ToArbitrary(), (rows, of) =>
        {
            var holders = Enumerable.Range(0, rows).Select(row => Enumerable.Range(1, of).Where(part => JobShare.From(part, of).Holds(row)).ToList()).ToList();
            var sizes = Enumerable.Range(1, of).Select(part => holders.Count(held => held.Contains(part))).ToList();
            return holders.All(held => held.Count == 1) && sizes.Max() - sizes.Min() <= 1;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Fact]
    public void Ten_thousand_rows_of_a_file_are_dealt_to_sixteen_parts_in_their_order()
    {
        string csv = Csv(Rows);
        var parts = Enumerable.Range(1, Parts).Select(part => Names($"-Part {part} -Of {Parts}", csv)).ToList();
        Assert.All(parts, part => Assert.Equal(Rows / Parts, part.Count));
        Assert.Equal(Enumerable.Range(1, Rows).Select(row => $"n{row}"), Enumerable.Range(0, Rows).Select(row => parts[row % Parts][row / Parts]));
    }

    [Fact]
    public void Rows_keep_their_numbers_and_files_follow_one_another()
    {
        string csv = Csv(7), second = Path.Combine(engine.Folder, "more.csv");
        File.WriteAllLines(second, ["Name,Text", "m1,hair", "m2,hair"]);
        Assert.Equal(["n1 1", "n4 4", "n7 8", "end"], engine.Invoke("param($csv, $more) $csv, $more | Import-McdmJob -Part 1 -Of 3 | ForEach-Object { \"$($_.Name) $($_.Row)\" }; 'end'", ("csv", csv), ("more", second)).WithoutErrors().Output.Select(o => $"{o}"));
        Assert.Equal(["n2 2", "n5 5", "m1 1"], engine.Invoke("param($csv, $more) $csv, $more | Import-McdmJob -Part '2' -Of '3' | ForEach-Object { \"$($_.Name) $($_.Row)\" }", ("csv", csv), ("more", second)).WithoutErrors().Output.Select(o => $"{o}"));
    }

    [Fact]
    public void An_error_of_a_row_is_its_parts_alone()
    {
        string csv = Path.Combine(engine.Reset(), "jobs.csv");
        File.WriteAllLines(csv, ["Name,Text", "a,hair", "b,hair,too many", "c,hair"]);
        Assert.Equal(["a", "c"], Names("-Part 1 -Of 2", csv));
        Assert.Equal(["JobCells"], engine.Invoke("param($csv) Import-McdmJob $csv -Part 2 -Of 2", ("csv", csv)).ErrorIds);
    }

    [Theory]
    [InlineData("-Part 0 -Of 16", "PartOutOfRange", "--array=1-16")]
    [InlineData("-Part 17 -Of 16", "PartOutOfRange", "no part 17 of 16")]
    [InlineData("-Part -1 -Of 16", "PartOutOfRange", "count from 1")]
    [InlineData("-Part 1 -Of 0", "PartOutOfRange", "no part 1 of 0")]
    [InlineData("-Part 3", "PartIncomplete", "-Part 3 -Of 16")]
    [InlineData("-Of 3", "PartIncomplete", "-Part 3 -Of 16")]
    [InlineData("-Part $env:NO_SUCH_TASK -Of 3", "ParameterArgumentTransformationError", "whole number")]
    public void What_is_no_part_is_refused_before_the_first_row(string arguments, string id, string message)
    {
        var result = engine.Invoke($"param($csv) Import-McdmJob $csv {arguments}", ("csv", Csv(3)));
        Assert.Equal([id], result.ErrorIds.Select(found => found.Split(',')[0]));
        Assert.Contains(message, result.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }
}
