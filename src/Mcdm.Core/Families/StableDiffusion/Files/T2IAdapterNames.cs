using Mcdm.Weights;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>What T2I-Adapters call their tensors in files of the original program: as diffusers, but for blocks that are numbered through all levels.</summary>
internal static class T2IAdapterNames
{
    private const string Prefix = "adapter.", Body = "body.";
    private const int Levels = 4;

    /// <summary>Why a CoAdapter is refused, as a clause that follows its path.</summary>
    public const string CoAdapter = "is of CoAdapter, whose adapters were trained for a fuser that Mcdm does not run; T2I-Adapters by themselves load";

    /// <summary>Whether a file's tensors are an adapter's, in either names.</summary>
    public static bool Recognizes(IReadOnlySet<string> names) =>
        names.Contains("body.0.block1.weight") || names.Contains("body.0.body.0.block1.weight") || names.Contains(Prefix + "body.0.resnets.0.block1.weight");

    /// <summary>Whether a file is one of those that belong to CoAdapter, or gives a style in place of features.</summary>
    public static bool IsOfStyles(IReadOnlySet<string> names) => names.Contains("task_embedding") || names.Contains("style_embedding");

    /// <summary>The tensors in diffusers' names.</summary>
    /// <param name="file">The file, which stays the caller's.</param>
    public static IWeights Renamed(IWeights file)
    {
        var names = file.Names.ToHashSet(StringComparer.Ordinal);
        if (names.Any(name => name.StartsWith(Prefix, StringComparison.Ordinal))) { return file; }
        int blocks = 0;
        while (names.Contains($"{Body}{blocks}.block1.weight")) { blocks++; }
        // In the small kind blocks lie in levels already.
        int each = Math.Max(1, blocks / Levels);
        return new RenamedWeights(file, file.Names.Select(name => new RenamedTensor(Prefix + Own(name), name)));

        string Own(string name) => blocks == 0 ? name.Replace(".body.", ".resnets.", StringComparison.Ordinal) : Numbered(name, each);
    }

    /// <summary>body.(each·k + j).block1 is body.k.resnets.j.block1, and body.(each·k).in_conv body.k.in_conv.</summary>
    private static string Numbered(string name, int each)
    {
        string[] parts = name.Split('.');
        if (parts.Length < 3 || parts[0] + "." != Body || !int.TryParse(parts[1], out int block)) { return name; }
        string rest = string.Join('.', parts[2..]);
        return FormattableString.Invariant($"{Body}{block / each}.{(parts[2] == "in_conv" ? rest : $"resnets.{block % each}.{rest}")}");
    }
}
