using System.Management.Automation;
using System.Text;
using Mcdm.Diffusion.Samplers;
using Mcdm.Imaging.Files;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Rows keep their numbers and tell them; files are read as spreadsheets of any country write them.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class RowTests : TinyModelTests
{
    private const string Read = "param($csv) Import-McdmJob $csv ", Run = Read + "| Invoke-McdmSample -Model $tiny -Steps 1 ", SkipAndSave = Run + "-SkipExisting ./out | Save-McdmImage ./out -SkipExisting";

    /// <summary>Numbers as Germany writes them, where ICU may be missing.</summary>
    private const string German = "$culture = [cultureinfo]::InvariantCulture.Clone(); $culture.NumberFormat.NumberDecimalSeparator = ','; $culture.NumberFormat.NumberGroupSeparator = '.'; [cultureinfo]::CurrentCulture = $culture";

    public RowTests(PowerShellEngine engine) : base(engine) => ImportTiny();

    private string Out => Path.Combine(Folder, "out");

    private string[] Saved => [.. Directory.GetFiles(Out).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private string Csv(string content, Encoding? encoding = null, string name = "jobs.csv")
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, content.ReplaceLineEndings("\r\n"), encoding ?? new UTF8Encoding(false));
        return path;
    }

    private EngineResult Invoke(string script, string content, Encoding? encoding = null) => Engine.Invoke(script, ("csv", Csv(content, encoding)));

    private static string[] Names(EngineResult result) => [.. result.Output.Select(o => o.BaseObject is McdmImage image ? image.FileName : $"{o.Properties["Name"].Value}")];

    private static string[] Column(EngineResult result, string name) => [.. result.Output.Select(o => $"{o.Properties[name].Value}")];

    [Theory]
    [InlineData("")]
    [InlineData(German)]
    public void A_comma_is_a_decimal_point_where_the_delimiter_is_a_semicolon(string culture)
    {
        const string csv = "Name;Text;TextWeight;Eta;Sampler;Seed\na;a red disc;0,5;0,5;Ddim;1\nb;a red disc;1,25;;;2\nc;a, b;1.5;;;3";
        var images = Invoke($"param($csv) {culture}; Import-McdmJob $csv | Invoke-McdmSample -Model $tiny -Steps 1", csv, new UTF8Encoding(true))
            .WithoutErrors().Output.Select(o => ((McdmImage)o.BaseObject).Recipe!).ToList();
        Assert.Equal([0.5, 1.25, 1.5], images.Select(recipe => recipe.Conditions[0].Weight));
        Assert.Equal(new Ddim(0.5), images[0].Sampling.Sampler);
    }

    [Theory]
    [InlineData("Name,Text,TextWeight,Seed\na,a red disc,\"1,25\",1", "Row 1 (a): TextWeight: '1,25' is not a number.")]
    [InlineData("Name\tText\tTextWeight\tSeed\na\ta red disc\t1,25\t1", "Row 1 (a): TextWeight: '1,25' is not a number.")]
    [InlineData("Name;Text;TextWeight;Seed\na;a red disc;1.000,5;1", "Row 1 (a): TextWeight: '1.000,5' is not a number.")]
    [InlineData("Name;Text;TextWeight;Seed\na;a red disc;;1,000", "Row 1 (a): Seed: '1,000' is not a whole number.")]
    [InlineData("Name,Text,Seed\na,a red disc,1.5", "Row 1 (a): Seed: '1.5' is not a whole number.")]
    [InlineData("Text,Seed\na red disc,-1", "Row 1: Seed: -1 is out of range")]
    [InlineData("Text,Sampler\na red disc,\"Ddpm,Ddim\"", "Row 1: Sampler: 'Ddpm,Ddim' is not one of")]
    [InlineData("Name,Text,TextWeight\na,a red disc,1e39", "Row 1 (a): A condition's weight is a number such as 1 or 0.5, at most 1000000 either way")]
    [InlineData("Name,Text,Sketch\na,a red disc,nothing.png", "Row 1 (a): There is no file or folder")]
    public void Whatever_a_row_holds_is_an_error_that_begins_with_its_number_and_name_and_the_next_follows(string csv, string message)
    {
        string columns = csv.Split('\n')[0];
        char delimiter = columns.First(c => ",;\t".Contains(c, StringComparison.Ordinal));
        string good = string.Join(delimiter, columns.Split(delimiter).Select(column => column is "Name" or "Text" ? "good" : ""));
        var result = Invoke(Run, csv + "\n" + good);
        Assert.StartsWith(message, Assert.Single(result.Errors).Exception.Message, StringComparison.Ordinal);
        Assert.False(result.Terminated);
        Assert.Equal("good", ((McdmImage)Assert.Single(result.Output).BaseObject).Recipe!.Conditions[0].Text);
    }

    [Theory]
    [InlineData("New-McdmCondition 'a red disc' -Weight '0,5'", "'0,5' is not a number.")]
    [InlineData("New-McdmCondition 'a red disc' -Weight 0,5", "'0,5' is not a number.")]
    [InlineData("New-McdmCondition 'a red disc' -Weight ''", "'' is not a number.")]
    [InlineData("New-McdmCondition 'a red disc' -Schedule @{ 1 = '0,5' }", "'0,5' is not a number.")]
    [InlineData("New-McdmCondition 'a red disc' -Schedule @{ 1.5 = 1 }", "'1.5' is not a whole number")]
    [InlineData("Invoke-McdmSample -Model $tiny -Text a -TextWeight '0,5'", "'0,5' is not a number.")]
    [InlineData("Invoke-McdmSample -Model $tiny -Seed 1.5", "'1.5' is not a whole number.")]
    [InlineData("Invoke-McdmSample -Model $tiny -BatchSize '1,0'", "'1,0' is not a whole number.")]
    [InlineData("Start-McdmTraining -OutputPath ./run -Channels '8,16'", "'8,16' is not a whole number.")]
    [InlineData("Start-McdmTraining -OutputPath ./run -LearningRate '0,001'", "'0,001' is not a number.")]
    public void No_parameter_takes_a_comma_for_a_separator_of_thousands(string script, string message)
    {
        foreach (string culture in new[] { "", German })
        {
            Assert.Contains(message, Engine.Invoke($"{culture}; {script}").Errors[0].ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Rows_are_numbered_as_their_file_has_them_whatever_fails_before()
    {
        var result = Invoke(SkipAndSave, "Text,TextWeight\na red disc,50%\na red disc,1,2,3\n\n,\na red disc,1\na red disc,");
        Assert.Equal(["JobCells", "CellInvalid"], result.ErrorIds.Order().Reverse());
        Assert.Contains(result.Errors, error => error.Exception.Message.StartsWith("Row 2: Line 3 of '", StringComparison.Ordinal));
        Assert.Contains(result.Errors, error => error.Exception.Message.StartsWith("Row 1: TextWeight: '50%' is not a number.", StringComparison.Ordinal));
        Assert.Equal(["row-0005-0.png", "row-0006-0.png"], Names(result));

        // Mended, those rows are made that were not, and no other again.
        var mended = Invoke(SkipAndSave, "Text,TextWeight\na red disc,0.5\na red disc,1\n\n,\na red disc,1\na red disc,").WithoutErrors();
        Assert.Equal(["row-0001-0.png", "row-0002-0.png"], Names(mended));
        Assert.Empty(Invoke(SkipAndSave, "Text,TextWeight\na red disc,0.5\na red disc,1\n\n,\na red disc,1\na red disc,").WithoutErrors().Output);
        Assert.Equal(4, Saved.Length);
    }

    [Fact]
    public void Records_of_any_kind_are_numbered_whatever_fails_before()
    {
        var result = Engine.Invoke("""
            @([pscustomobject]@{ Text = 'a'; TextWeight = '50%' }, [pscustomobject]@{ Text = 'b'; TextWeight = '1' }, [pscustomobject]@{ Text = 'c'; Seed = -5 },
              [pscustomobject]@{ Text = "half a smile $([char]0xD83D)" }, [pscustomobject]@{ Text = 'e'; Name = "$([char]0xFFFE)" }, [pscustomobject]@{ Text = 'f'; TextWeight = '' }) |
                Invoke-McdmSample -Model $tiny -Steps 1 -SkipExisting ./out
            """);
        Assert.Equal(["row-0002-0", "row-0006-0"], Names(result));
        Assert.Equal(["CellInvalid", "CellInvalid", "TextInvalid", "NameInvalid"], result.ErrorIds);
        Assert.Equal(["Row 1: ", "Row 3: ", "Row 4: "], result.Errors.Take(3).Select(error => error.Exception.Message[..7]));
        Assert.Equal("a", ((PSObject)result.Errors[0].TargetObject).Properties["Text"].Value);
    }

    [Fact]
    public void Script_blocks_and_the_command_line_still_fill_in_parameters()
    {
        var result = Engine.Invoke("""
            [pscustomobject]@{ Caption = 'a red disc'; Number = 7; Seed = 'none' } | Invoke-McdmSample -Model $tiny -Steps 1 -Text { $_.Caption } -Seed { $_.Number } -TextWeight 0.5
            [pscustomobject]@{ Text = 'a red disc' } | Invoke-McdmSample -Model $tiny -Steps 1 -Seed { '1,5' }
            """);
        var recipe = ((McdmImage)Assert.Single(result.Output).BaseObject).Recipe!;
        Assert.Equal(("a red disc", 7L, 0.5), (recipe.Conditions[0].Text, recipe.Seed, recipe.Conditions[0].Weight));
        Assert.Contains("'1,5' is not a whole number", result.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_are_sorted_or_come_from_several_files_keep_their_numbers()
    {
        Csv("Text,Seed\nb,1\na,2", name: "one.csv");
        Csv("Text,Seed\nd,3\nc,4", name: "two.csv");
        var result = Engine.Invoke("Import-McdmJob ./one.csv, ./two.csv | ForEach-Object -Begin { $rows = @() } -Process { $rows += $_ } -End { $rows[1, 0, 3, 2] } | Invoke-McdmSample -Model $tiny -Steps 1").WithoutErrors();
        Assert.Equal(["row-0002-2", "row-0001-1", "two-row-0002-4", "two-row-0001-3"], Names(result));
    }

    [Theory]
    [InlineData("Name,Text,Seed,\nx,a red disc,1,\ny,a red disc,2,\n")]
    [InlineData("Name,Text,Seed\nx,a red disc,1,\ny,a red disc,2,,\n")]
    [InlineData("Name,Text,,Seed\nx,a red disc,,1\ny,a red disc,,2\n")]
    [InlineData("sep=;\nName;Text;Seed\nx;a red disc;1\ny;a red disc;2\n")]
    [InlineData("\"sep=|\"\nName|Text|Seed\nx|a red disc|1\ny|a red disc|2\n")]
    [InlineData("Name\tText\tSeed\nx\ta red disc\t1\ny\ta red disc\t2\n")]
    [InlineData("Name;Text;Seed;\"\"\nx;a red disc;1;\ny;a red disc;2;\n")]
    [InlineData("Name;\"Text\";Seed\nx;a red disc;1\ny;a red disc;2\n;;\n")]
    public void Files_are_read_as_spreadsheets_write_them(string csv)
    {
        var rows = Invoke(Read, csv).WithoutErrors();
        Assert.Empty(rows.Warnings);
        Assert.Equal(["x 1 a red disc 1", "y 2 a red disc 2"], rows.Output.Select(row => string.Join(' ', new[] { "Name", "Seed", "Text", "Row" }.Select(name => row.Properties[name].Value))));
    }

    [Fact]
    public void A_delimiter_can_be_given_and_what_stands_in_a_column_without_a_name_is_warned_of()
    {
        Assert.Equal(["a;b"], Column(Invoke(Read + "-Delimiter '|'", "Text|Seed\na;b|1").WithoutErrors(), "Text"));
        Assert.Equal(["0.5"], Column(Invoke(Read + "-Delimiter ';'", "sep=,\nText;TextWeight\na;0,5").WithoutErrors(), "TextWeight"));
        var rows = Invoke(Read, "Name,Text,\nx,a red disc, or so\ny,a red disc, or not");
        Assert.Contains("Column 3 of", Assert.Single(rows.Warnings), StringComparison.Ordinal);
        Assert.Equal(2, rows.Output.Count);
    }

    [Fact]
    public void The_delimiter_is_that_which_makes_columns_known()
    {
        var rows = Invoke(Read, "Text;notes, remarks, and so on;Seed\na red disc;none, really;1").WithoutErrors();
        Assert.Equal(("a red disc", "1"), (Column(rows, "Text")[0], Column(rows, "Seed")[0]));
        Assert.Equal(["a, b"], Column(Invoke(Read, "Text\n\"a, b\"").WithoutErrors(), "Text"));
    }

    [Fact]
    public void Lines_are_those_of_the_file()
    {
        var result = Invoke(Read, "\nText,Seed\n\"a\nb\nc\",1\nd\n\ne");
        Assert.Equal(["Row 2: Line 6 of", "Row 4: Line 8 of"], result.Errors.Select(error => error.Exception.Message[..16]));
        Assert.Equal(["1"], Column(result, "Row"));
    }

    [Fact]
    public void A_quote_that_is_never_closed_is_an_error_of_its_row()
    {
        var result = Invoke(Read, "Text,Seed\nfirst,1\n\"second,2\nthird,3");
        Assert.StartsWith("Row 2: Line 3 of", Assert.Single(result.Errors).Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["first"], Column(result, "Text"));
    }

    [Fact]
    public void Bytes_that_are_no_utf8_are_an_error_that_names_the_encoding_to_give()
    {
        const string csv = "Name,Text,Seed\nmädchen,a girl called Zoë,1";
        var refused = Invoke(Read, csv, Encoding.Latin1);
        Assert.Equal(["TextEncoding"], refused.ErrorIds);
        Assert.Contains("line 2 has the bytes E4", refused.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-Encoding ansi", refused.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
        foreach (string encoding in new[] { "1252", "ansi", "latin1", "windows-1252", "([Text.Encoding]::Latin1)" })
        {
            Assert.Equal(["mädchen"], Column(Invoke(Read + "-Encoding " + encoding, csv, Encoding.Latin1).WithoutErrors(), "Name"));
        }
        foreach (var marked in new[] { new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 }) { Assert.Equal(["mädchen"], Column(Invoke(Read, csv, marked).WithoutErrors(), "Name")); }
        Assert.Equal(["TextEncoding"], Invoke(Read + "-Encoding ascii", csv).ErrorIds);
        // What Import-Csv makes of such bytes.
        var replaced = Engine.Invoke("[pscustomobject]@{ Text = \"a girl called Zo$([char]0xFFFD)\"; Name = 'z' }, [pscustomobject]@{ Text = 'a'; Name = 'a' } | Invoke-McdmSample -Model $tiny -Steps 1 -Seed 1");
        Assert.StartsWith("Row 1 (z): Text: 'a girl called Zo\uFFFD' was read in another encoding", Assert.Single(replaced.Errors).Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["a-1"], Names(replaced));
        Assert.Equal(["ParameterArgumentTransformationError"], Invoke(Read + "-Encoding klingon", csv).ErrorIds);
        Assert.Contains("1252", Engine.Complete("Import-McdmJob ./jobs.csv -Encoding 1"));
    }

    [Fact]
    public void A_cell_is_a_literal_path_first_and_a_wildcard_only_then()
    {
        string sketch = Path.Combine(Folder, "sketch.png");
        File.Copy(sketch, Path.Combine(Folder, "a[1].png"));
        PngFile.Write(PictureFile.Read(Path.Combine(Folder, "face.png")), Path.Combine(Folder, "a1.png"));
        File.Copy(sketch, Path.Combine(Folder, "only-b2.png"));
        foreach (string before in new[] { "", Folder + "/" })
        {
            var images = Invoke(Run, $"Sketch,Seed\n{before}a[1].png,1\n{before}only-b[0-9].png,2").WithoutErrors().Output.Select(o => (McdmImage)o.BaseObject).ToList();
            Assert.Equal(["a[1].png", "only-b2.png"], images.Select(image => image.Recipe!.Conditions[0].Source));
        }
        Assert.Equal("a[1].png", Engine.Invoke("[pscustomobject]@{ Sketch = 'a[1].png' } | Invoke-McdmSample -Model $tiny -Steps 1").WithoutErrors().Only<McdmImage>().Recipe!.Conditions[0].Source);
        Assert.Contains("matches several files", Assert.Single(Invoke(Run, "Sketch\na*.png").Errors).Exception.Message, StringComparison.Ordinal);
    }
}
