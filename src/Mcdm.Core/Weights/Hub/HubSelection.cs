using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Mcdm.Weights.Hub;

/// <summary>Which files of a repository a model is made of: of several forms of the same weights one, and nothing that Mcdm does not read.</summary>
internal static partial class HubSelection
{
    /// <summary>Parts of a diffusers pipeline that Mcdm reads.</summary>
    private static readonly string[] s_parts = ["unet", "vae", "text_encoder", "tokenizer", "scheduler", "controlnet"];

    private static readonly string[] s_pickles = ["bin", "pt", "pth", "ckpt"];

    /// <summary>Chooses files.</summary>
    /// <param name="repository">For messages.</param>
    /// <param name="files">All files of the repository.</param>
    /// <param name="include">Patterns of the files that are wanted, with wildcards; none for those that a model needs.</param>
    /// <param name="variant">Weights such as <c>fp16</c> that are preferred; null for the plain ones.</param>
    /// <exception cref="McdmException"><c>HubNothingFound</c>: there are none; <c>HubAmbiguous</c>: several models lie side by side.</exception>
    public static IReadOnlyList<HubFile> Choose(HubRepository repository, IReadOnlyList<HubFile> files, IReadOnlyList<string> include, string? variant)
    {
        if (include.Count > 0)
        {
            var wanted = files.Where(file => Matches(file, include)).ToList();
            return wanted.Count > 0 ? wanted : throw new McdmException("HubNothingFound", ErrorKind.NotFound,
                $"Repository {repository} has no file that is like {string.Join(" or ", include)}; it has: {Names(files)}.");
        }
        bool pipeline = files.Any(file => file.Path == "model_index.json");
        bool single = files.Any(file => file.Path == "config.json");
        var folders = files.GroupBy(FolderOf).Where(group => pipeline ? s_parts.Contains(group.Key) : group.Key.Length == 0).ToList();
        if (!pipeline && !single)
        {
            var checkpoints = Preferred([.. files.Where(file => FolderOf(file).Length == 0 && WeightsOf(file) is not null)], variant, byName: true);
            return checkpoints.Count switch
            {
                1 => checkpoints,
                0 => throw new McdmException("HubNothingFound", ErrorKind.NotFound,
                    $"Repository {repository} has no model that Mcdm knows: no model_index.json, config.json or single checkpoint; it has: {Names(files)}."),
                _ => throw new McdmException("HubAmbiguous", ErrorKind.InvalidArgument,
                    $"Repository {repository} has several models side by side; say which with -Include: {Names(checkpoints)}."),
            };
        }
        return [.. folders.SelectMany(folder => Preferred([.. folder.Where(file => WeightsOf(file) is not null)], variant, byName: false)),
            .. folders.SelectMany(folder => folder).Where(IsText), .. pipeline ? files.Where(file => file.Path == "model_index.json") : []];
    }

    /// <summary>Whether patterns name a file, by its path or by its name alone.</summary>
    public static bool Matches(HubFile file, IReadOnlyList<string> include) =>
        include.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, file.Path) || FileSystemName.MatchesSimpleExpression(pattern, NameOf(file)));

    /// <summary>Configurations and vocabularies; the indexes of shards are chosen with their weights.</summary>
    private static bool IsText(HubFile file) => (file.Path.EndsWith(".json", StringComparison.Ordinal) && !Index().IsMatch(file.Path))
        || NameOf(file) is "merges.txt" or "vocab.txt";

    /// <summary>Of a folder's weights those in the best form: safetensors before pickles, then the variant that is wanted, then the plain one.</summary>
    private static List<HubFile> Preferred(IReadOnlyList<HubFile> weights, string? variant, bool byName)
    {
        int Rank(Form form) => (form.IsPickle ? 4 : 0) + (form.Variant == variant ? 0 : form.Variant is null ? 1 : form.Variant == "fp16" ? 2 : 3);
        var forms = weights.Select(file => (File: file, Form: WeightsOf(file)!)).ToList();
        return byName
            ? forms.GroupBy(entry => entry.Form.Stem).SelectMany(Best).Where(entry => forms.TrueForAll(other => !entry.Form.IsPickle || other.Form.IsPickle))
                .Select(entry => entry.File).ToList()
            : Best(forms).Select(entry => entry.File).ToList();

        IEnumerable<(HubFile File, Form Form)> Best(IEnumerable<(HubFile File, Form Form)> entries)
        {
            // Of a set in shards and its whole, the whole.
            var best = entries.GroupBy(entry => (entry.Form.Stem, entry.Form.IsPickle, entry.Form.Variant)).OrderBy(group => Rank(group.First().Form))
                .ThenBy(group => group.Key.Stem.Length).FirstOrDefault();
            if (best is null) { return []; }
            var whole = best.Where(entry => !entry.Form.IsShard && !entry.Form.IsIndex).ToList();
            return whole.Count > 0 ? whole : best;
        }
    }

    /// <summary>What the name of a weights file, or of an index of such, says; null for other files and for other programs' forms.</summary>
    private static Form? WeightsOf(HubFile file)
    {
        if (Weights().Match(NameOf(file)) is not { Success: true } match) { return null; }
        string stem = match.Groups["stem"].Value, extension = match.Groups["extension"].Value;
        if (stem.StartsWith("openvino", StringComparison.Ordinal) || stem.StartsWith("flax", StringComparison.Ordinal)
            || stem is "optimizer" or "training_args" or "scheduler" or "random_states")
        {
            return null;
        }
        string? variant = match.Groups["variant"] is { Success: true } before ? before.Value : match.Groups["after"] is { Success: true } after ? after.Value
            : null;
        return new Form(stem, variant, s_pickles.Contains(extension), match.Groups["shard"].Success, match.Groups["index"].Success);
    }

    private static string FolderOf(HubFile file) => file.Path.Contains('/', StringComparison.Ordinal) ? file.Path[..file.Path.LastIndexOf('/')] : "";

    private static string NameOf(HubFile file) => file.Path[(file.Path.LastIndexOf('/') + 1)..];

    private static string Names(IReadOnlyList<HubFile> files)
    {
        const int most = 12;
        return string.Join(", ", files.Take(most).Select(file => file.Path)) + (files.Count > most ? $" and {files.Count - most} more" : "");
    }

    private sealed record Form(string Stem, string? Variant, bool IsPickle, bool IsShard, bool IsIndex);

    [GeneratedRegex(
        @"^(?<stem>.+?)(\.(?<variant>fp16|bf16|fp32|non_ema|ema_only))?(?<shard>-\d{5}-of-\d{5})?\.(?<extension>safetensors|bin|pt|pth|ckpt)"
        + @"(?<index>\.index(\.(?<after>fp16|bf16|fp32|non_ema))?\.json)?$")]
    private static partial Regex Weights();

    [GeneratedRegex(@"\.(safetensors|bin)\.index(\.[a-z0-9_]+)?\.json$")]
    private static partial Regex Index();
}
