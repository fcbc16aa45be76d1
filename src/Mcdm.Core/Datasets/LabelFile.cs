using System.Text.Json;
using Mcdm.Files;

namespace Mcdm.Datasets;

/// <summary>
/// Attributes of pictures, <c>labels.jsonl</c>: one JSON object a line, with the picture's file name under <c>file</c> and each
/// attribute's value as a string, or null where something hides it. An attribute that is left out is not known.
/// </summary>
internal static class LabelFile
{
    private const string FileKey = "file";

    /// <summary>Values by attribute, by picture name without extension; none where the file is missing.</summary>
    public static Dictionary<string, IReadOnlyDictionary<string, string?>> Read(string path)
    {
        var labels = new Dictionary<string, IReadOnlyDictionary<string, string?>>(StringComparer.Ordinal);
        if (!File.Exists(path)) { return labels; }
        int number = 0;
        foreach (string line in TextFile.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) { continue; }
            try
            {
                var values = JsonSerializer.Deserialize<Dictionary<string, string?>>(line) ?? throw new JsonException("it is null");
                if (!values.Remove(FileKey, out string? file) || string.IsNullOrWhiteSpace(file)) { throw new JsonException("it names no file"); }
                if (!labels.TryAdd(DatasetFolder.NameOf(file), values)) { throw new JsonException($"'{file}' has labels twice"); }
            }
            catch (JsonException e)
            {
                throw new McdmException("LabelLineInvalid", ErrorKind.InvalidData,
                    $"Line {number} of '{path}' has no labels such as {{\"file\": \"1.png\", \"hair\": \"black\"}}: {e.Message.TrimEnd('.')}.", e);
            }
        }
        return labels;
    }
}
