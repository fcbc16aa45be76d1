namespace Mcdm.Benchmarks.Results;

/// <summary>Where the benchmark reads and writes.</summary>
internal sealed record ResultsOptions
{
    public required string Model { get; init; }

    /// <summary>The model whose experts act over a bridge; null for the first pack.</summary>
    public string? Other { get; init; }

    public required string Judge { get; init; }
    public required string Data { get; init; }

    /// <summary>The same pictures at the judge's size: its masks are what parts are compared with. A larger mask that is made smaller is another, where parts are thin.</summary>
    public required string Masks { get; init; }

    /// <summary>Folder of what has been measured: the rows in one file, and their strips.</summary>
    public required string Rows { get; init; }

    /// <summary>Folder of the baselines' folders, and of the pictures of rows that are not complete.</summary>
    public required string Runs { get; init; }

    /// <summary>What is measured, and what its page says of it.</summary>
    public required ResultPlan Plan { get; init; }

    /// <summary>The Markdown page that is written, beside the folder of rows and called like it.</summary>
    public string Page => Path.TrimEndingDirectorySeparator(Rows) + ".md";

    /// <summary>The HTML report that is written.</summary>
    public string Report => Path.ChangeExtension(Page, "html");

    /// <summary>Measure nothing.</summary>
    public required bool PageAlone { get; init; }

    /// <summary>Measure rows only whose key holds one of these; all where there are none.</summary>
    public required string[] Only { get; init; }

    /// <summary>The command that writes the page, without what it takes anyway. That of the paper's plan measures nothing: its packs are the module's no more.</summary>
    public string Command => string.Join(' ', ["results", .. Plan.Name == ResultPlan.Comparison.Name ? [] : new[] { "--plan", Plan.Name }, .. Plan.Name == ResultPlan.Paper.Name ? new[] { "--page" } : [],
        .. Given("--model", Model, "module/models/Faces"), .. Given("--judge", Judge, "module/judges/Faces"), .. Given("--data", Data, "data/faces128/held-out"),
        .. Given("--masks", Masks, "data/faces/held-out"), .. Given("--rows", Rows, "docs/faces"), .. Given("--runs", Runs, "runs")]);

    private static string[] Given(string name, string path, string usual) => Repository.Relative(path) is var relative && relative == usual ? [] : [name, relative];
}
