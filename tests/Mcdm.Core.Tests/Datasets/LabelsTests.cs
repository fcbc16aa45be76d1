using Xunit;

namespace Mcdm.Core.Tests.Datasets;

/// <summary>Attributes and how captions state them, as a dataset's folder says.</summary>
public sealed class LabelsTests : IDisposable
{
    private readonly DatasetFiles _files = new();

    private void Labels(params string[] lines)
    {
        foreach (string name in new[] { "a", "b" }) { _files.Picture($"images/{name}.png"); }
        _files.Text("labels.jsonl", lines);
    }

    [Fact]
    public void Values_are_those_that_occur_and_hidden_or_unknown_ones_are_kept_apart()
    {
        Labels("""{"file": "a.png", "hair": "red", "hat": null, "skin": "pale"}""", """{"file": "b", "hair": "black", "skin": "pale"}""");
        var dataset = _files.Open();
        Assert.Equal("hair (black, red)", Assert.Single(dataset.Attributes).ToString());
        Assert.Equal((2, 2), (dataset.Labelled, dataset.Judged.Count));
        Assert.True(dataset.Items[0].Labels.TryGetValue("hat", out string? hidden) && hidden is null);
        Assert.False(dataset.Items[1].Labels.ContainsKey("hat"));
    }

    [Theory]
    [InlineData("""{"hair": "red"}""", "names no file")]
    [InlineData("""{"file": "a.png", "hair": 1}""", "Line 2")]
    [InlineData("hair red", "Line 2")]
    [InlineData("""{"file": "b.png"}""", "labels twice")]
    public void A_line_that_is_no_label_is_named(string line, string says)
    {
        Labels("""{"file": "b.png", "hair": "red"}""", line);
        var error = Assert.Throws<McdmException>(_files.Open);
        Assert.Equal("LabelLineInvalid", error.Id);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("labels.jsonl", "{\"file\": \"a.png\", \"name\": \"Zoë\"}")]
    [InlineData("captions.txt", "a.png\tThis is Zoë.")]
    public void A_text_file_in_another_encoding_is_an_error_and_no_other_text(string name, string line)
    {
        Labels("""{"file": "a.png", "hair": "red"}""");
        File.WriteAllText(_files.PathOf(name), line, System.Text.Encoding.Latin1);
        var error = Assert.Throws<McdmException>(_files.Open);
        Assert.Equal("TextEncoding", error.Id);
        Assert.Contains("line 1 has the bytes EB; save it as UTF-8.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Phrases_keep_the_values_that_occur()
    {
        Labels("""{"file": "a.png", "hair": "red"}""", """{"file": "b.png", "hair": "black"}""");
        _files.Text("phrases.json", """[{"attribute": "hair", "values": ["red", "orange"], "words": "ginger hair"}, {"attribute": "hair", "values": ["blue"], "words": "blue hair"}]""");
        Assert.Equal(["red"], Assert.Single(_files.Open().Phrases).Values);
    }

    [Theory]
    [InlineData("""[{"attribute": "beard", "values": ["red"], "words": "red beard"}]""", "'beard'")]
    [InlineData("""[{"attribute": "hair", "values": [], "words": "red hair"}]""", "allows no value")]
    [InlineData("""[{"attribute": "hair", "values": ["red"], "words": "red ("}]""", "no regular expression")]
    [InlineData("{}", "no list of phrases")]
    public void Phrases_that_cannot_be_used_are_an_error(string json, string says)
    {
        Labels("""{"file": "a.png", "hair": "red"}""", """{"file": "b.png", "hair": "black"}""");
        _files.Text("phrases.json", json);
        var error = Assert.Throws<McdmException>(_files.Open);
        Assert.Equal("DatasetPhrasesInvalid", error.Id);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();
}
