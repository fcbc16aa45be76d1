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
        var originals = s_ends.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
        var all = modules.ToHashSet(StringComparer.Ordinal);
        int place = 1;
        for (int level = 0; all.Contains($"down_blocks.{level}.resnets.0.conv1"); level++)
        {
            for (int layer = 0; all.Contains($"down_blocks.{level}.resnets.{layer}.conv1"); layer++, place++)
            {
                originals[$"down_blocks.{level}.resnets.{layer}"] = $"input_blocks.{place}.0";
                originals[$"down_blocks.{level}.attentions.{layer}"] = $"input_blocks.{place}.1";
            }
            string halving = $"down_blocks.{level}.downsamplers.0.conv";
            if (all.Contains(halving)) { originals[halving] = $"input_blocks.{place++}.0.op"; }
        }
        place = 0;
        for (int level = 0; all.Contains($"up_blocks.{level}.resnets.0.conv1"); level++)
        {
            for (int layer = 0; all.Contains($"up_blocks.{level}.resnets.{layer}.conv1"); layer++, place++)
            {
                originals[$"up_blocks.{level}.resnets.{layer}"] = $"output_blocks.{place}.0";
                originals[$"up_blocks.{level}.attentions.{layer}"] = $"output_blocks.{place}.1";
            }
            // The doubling follows the attention where there is one.
            bool attends = all.Contains($"up_blocks.{level}.attentions.0.proj_in");
            originals[$"up_blocks.{level}.upsamplers.0.conv"] = $"output_blocks.{place - 1}.{(attends ? 2 : 1)}.conv";
        }
        var inside = s_resnet.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
        foreach (string module in modules)
        {
            if (PathParts.Replace(module, originals, out string rest) is { } original)
            {
                yield return (module, rest.Length == 0 ? original : $"{original}.{PathParts.Renamed(rest, inside)}");
            }
        }
    }

    private static Dictionary<string, string> Modules(HashSet<string> names)
    {
        var modules = new Dictionary<string, string>(s_ends, StringComparer.Ordinal);
        int level = 0, layer = 0;
        for (int i = 1; Has(names, $"input_blocks.{i}"); i++)
        {
            string block = $"input_blocks.{i}";
            if (names.Contains($"{block}.0.op.weight"))
            {
                modules[$"{block}.0.op"] = $"down_blocks.{level++}.downsamplers.0.conv";
                layer = 0;
                continue;
            }
            modules[$"{block}.0"] = $"down_blocks.{level}.resnets.{layer}";
            modules[$"{block}.1"] = $"down_blocks.{level}.attentions.{layer++}";
        }
        level = layer = 0;
        for (int i = 0; Has(names, $"output_blocks.{i}"); i++)
        {
            string block = $"output_blocks.{i}";
            modules[$"{block}.0"] = $"up_blocks.{level}.resnets.{layer}";
            modules[$"{block}.1"] = $"up_blocks.{level}.attentions.{layer++}";
            // The doubling follows the attention where there is one.
            if (new[] { $"{block}.1.conv", $"{block}.2.conv" }.FirstOrDefault(conv => names.Contains($"{conv}.weight")) is not { } doubling) { continue; }
            modules[doubling] = $"up_blocks.{level++}.upsamplers.0.conv";
            layer = 0;
        }
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
