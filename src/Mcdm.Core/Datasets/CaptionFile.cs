using Mcdm.Files;

namespace Mcdm.Datasets;

/// <summary>Captions, one a line: the picture's file name (with or without extension), a tab or spaces, the sentence.</summary>
internal static class CaptionFile
{
    private static readonly char[] Separators = ['\t', ' '];

    /// <summary>Captions by picture name without extension; none where the file is missing.</summary>
    public static Dictionary<string, List<string>> Read(string path)
    {
        var captions = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        if (!File.Exists(path)) { return captions; }
        int number = 0;
        foreach (string line in TextFile.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) { continue; }
            int end = line.IndexOf('\t') is var tab and > 0 ? tab : line.IndexOfAny(Separators);
            string caption = end > 0 ? line[(end + 1)..].Trim() : "";
            if (caption.Length == 0)
            {
                throw new McdmException("CaptionLineInvalid", ErrorKind.InvalidData, $"Line {number} of '{path}' is not 'picture<tab>caption': '{line}'.");
            }
            string name = DatasetFolder.NameOf(line[..end]);
            if (!captions.TryGetValue(name, out var list)) { captions[name] = list = []; }
            list.Add(caption);
        }
        return captions;
    }
}
