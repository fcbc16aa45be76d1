using Mcdm.Families.Shared;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// A U-Net's or ControlNet's tensors by the names of the original (CompVis) program: its blocks are numbered through, and which level
/// one belongs to follows from where the halvings and doublings are.
/// </summary>
internal static class LdmUNetNames
{
    private static readonly Dictionary<string, string> s_ends = new(StringComparer.Ordinal)
    {
        ["time_embed.0"] = "time_embedding.linear_1",
        ["time_embed.2"] = "time_embedding.linear_2",
        ["time_embed.cond_proj"] = "time_embedding.cond_proj",
        ["label_emb.0.0"] = "add_embedding.linear_1",
        ["label_emb.0.2"] = "add_embedding.linear_2",
        ["input_blocks.0.0"] = "conv_in",
        ["middle_block.0"] = "mid_block.resnets.0",
        ["middle_block.1"] = "mid_block.attentions.0",
        ["middle_block.2"] = "mid_block.resnets.1",
        ["middle_block_out.0"] = "controlnet_mid_block",
        ["out.0"] = "conv_norm_out",
        ["out.2"] = "conv_out",
    };

    private static readonly Dictionary<string, string> s_resnet = new(StringComparer.Ordinal)
    {
        ["in_layers.0"] = "norm1",
        ["in_layers.2"] = "conv1",
        ["emb_layers.1"] = "time_emb_proj",
        ["out_layers.0"] = "norm2",
        ["out_layers.3"] = "conv2",
        ["skip_connection"] = "conv_shortcut",
    };

    /// <summary>Diffusers' names of tensors; one that has none keeps its own, so that a network refuses it by name.</summary>
    /// <param name="names">The original names, without what all begin with.</param>
    public static IEnumerable<(string Name, string Source)> Map(IReadOnlyCollection<string> names)
    {
        var modules = Modules(names.ToHashSet(StringComparer.Ordinal));
        foreach (string name in names)
        {
            string? module = PathParts.Replace(name, modules, out string rest);
            yield return (module is null ? name : $"{module}.{PathParts.Renamed(rest, s_resnet)}", name);
        }
    }

    /// <summary>The original names of a U-Net's layers, of those that have one.</summary>
    /// <param name="modules">Its layers by diffusers' names.</param>
    public static IEnumerable<(string Module, string Original)> Originals(IReadOnlyCollection<string> modules)
    {
        var all = modules.ToHashSet(StringComparer.Ordinal);
        var originals = s_ends.Select(pair => (Original: pair.Key, Module: pair.Value)).Concat(Blocks(Levels("down_blocks"), Levels("up_blocks"),
            level => all.Contains($"up_blocks.{level}.attentions.0.proj_in"))).ToDictionary(pair => pair.Module, pair => pair.Original, StringComparer.Ordinal);
        var inside = s_resnet.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
        foreach (string module in modules)
        {
            if (PathParts.Replace(module, originals, out string rest) is { } original)
            {
                yield return (module, rest.Length == 0 ? original : $"{original}.{PathParts.Renamed(rest, inside)}");
            }
        }

        // The layers of each level.
        List<int> Levels(string way) => Enumerable.Range(0, int.MaxValue)
            .Select(level => Enumerable.Range(0, int.MaxValue).TakeWhile(layer => all.Contains($"{way}.{level}.resnets.{layer}.conv1")).Count())
            .TakeWhile(layers => layers > 0).ToList();
    }

    /// <summary>The blocks of the ways down and up, numbered through in the original and by level in diffusers.</summary>
    /// <param name="down">Layers of each level on the way down; between two levels lies a halving.</param>
    /// <param name="up">Layers of each level on the way up; a doubling belongs to the last block of each level but the last.</param>
    /// <param name="attends">Whether a level on the way up has attention, which the doubling follows.</param>
    private static IEnumerable<(string Original, string Module)> Blocks(IReadOnlyList<int> down, IReadOnlyList<int> up, Func<int, bool> attends)
    {
        int place = 1;
        for (int level = 0; level < down.Count; level++)
        {
            for (int layer = 0; layer < down[level]; layer++, place++)
            {
                yield return ($"input_blocks.{place}.0", $"down_blocks.{level}.resnets.{layer}");
                yield return ($"input_blocks.{place}.1", $"down_blocks.{level}.attentions.{layer}");
            }
            if (level < down.Count - 1) { yield return ($"input_blocks.{place++}.0.op", $"down_blocks.{level}.downsamplers.0.conv"); }
        }
        place = 0;
        for (int level = 0; level < up.Count; level++)
        {
            for (int layer = 0; layer < up[level]; layer++, place++)
            {
                yield return ($"output_blocks.{place}.0", $"up_blocks.{level}.resnets.{layer}");
                yield return ($"output_blocks.{place}.1", $"up_blocks.{level}.attentions.{layer}");
            }
            if (level < up.Count - 1) { yield return ($"output_blocks.{place - 1}.{(attends(level) ? 2 : 1)}.conv", $"up_blocks.{level}.upsamplers.0.conv"); }
        }
    }

    private static Dictionary<string, string> Modules(HashSet<string> names)
    {
        var modules = new Dictionary<string, string>(s_ends, StringComparer.Ordinal);
        List<int> down = [0], up = [0];
        var attending = new HashSet<int>();
        for (int i = 1; Has(names, $"input_blocks.{i}"); i++)
        {
            if (names.Contains($"input_blocks.{i}.0.op.weight")) { down.Add(0); }
            else { down[^1]++; }
        }
        for (int i = 0; Has(names, $"output_blocks.{i}"); i++)
        {
            up[^1]++;
            bool follows = names.Contains($"output_blocks.{i}.2.conv.weight");
            if (follows) { attending.Add(up.Count - 1); }
            if (follows || names.Contains($"output_blocks.{i}.1.conv.weight")) { up.Add(0); }
        }
        foreach (var (original, module) in Blocks(down, up, attending.Contains)) { modules[original] = module; }
        for (int i = 0; names.Contains($"zero_convs.{i}.0.weight"); i++) { modules[$"zero_convs.{i}.0"] = $"controlnet_down_blocks.{i}"; }
        // A non-linearity stands between any two layers that look at the picture, so they have even numbers.
        int layers = 0;
        while (names.Contains($"input_hint_block.{2 * layers}.weight")) { layers++; }
        for (int i = 0; i < layers; i++)
        {
            modules[$"input_hint_block.{2 * i}"] = $"controlnet_cond_embedding.{(i == 0 ? "conv_in" : i == layers - 1 ? "conv_out" : $"blocks.{i - 1}")}";
        }
        return modules;
    }

    private static bool Has(HashSet<string> names, string block) => names.Contains($"{block}.0.in_layers.0.weight") || names.Contains($"{block}.0.op.weight");
}
