using Mcdm.Families.Shared;
using Mcdm.Weights;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// An autoencoder's tensors by the names of the original (CompVis) program: levels of the decoder are numbered from the finest, and attention is made
/// of convolutions of
/// one place.
/// </summary>
internal static class LdmAutoencoderNames
{
    private static readonly string[] s_training = ["loss", "model_ema"];

    private static readonly Dictionary<string, string> s_attention = new(StringComparer.Ordinal)
    {
        ["norm"] = "group_norm",
        ["q"] = "to_q",
        ["k"] = "to_k",
        ["v"] = "to_v",
        ["proj_out"] = "to_out.0",
    };

    private static readonly Dictionary<string, string> s_resnet = new(StringComparer.Ordinal) { ["nin_shortcut"] = "conv_shortcut" };

    /// <summary>
    /// Diffusers' names of tensors; one that has none keeps its own, so that the network refuses it by name. What only training needs is left out.
    /// </summary>
    /// <param name="names">The original names, without what all begin with.</param>
    /// <param name="prefix">What they begin with.</param>
    public static IEnumerable<RenamedTensor> Map(IReadOnlyCollection<string> names, string prefix)
    {
        var modules = Modules(names);
        foreach (string name in names.Where(name => !s_training.Contains(name.Split('.')[0])))
        {
            string? module = PathParts.Replace(name, modules, out string rest);
            bool attention = module?.Contains("attentions", StringComparison.Ordinal) == true;
            yield return new RenamedTensor(module is null ? name : $"{module}.{PathParts.Renamed(rest, attention ? s_attention : s_resnet)}", prefix + name,
                Matrix: attention);
        }
    }

    private static Dictionary<string, string> Modules(IReadOnlyCollection<string> names)
    {
        var modules = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string half in new[] { "encoder", "decoder" })
        {
            modules[$"{half}.mid.block_1"] = $"{half}.mid_block.resnets.0";
            modules[$"{half}.mid.attn_1"] = $"{half}.mid_block.attentions.0";
            modules[$"{half}.mid.block_2"] = $"{half}.mid_block.resnets.1";
            modules[$"{half}.norm_out"] = $"{half}.conv_norm_out";
        }
        int levels = Count(names, "decoder.up.{0}.block.0.conv1.weight");
        for (int level = 0; level < levels; level++)
        {
            Level($"encoder.down.{level}", $"encoder.down_blocks.{level}", "downsample", "downsamplers");
            Level($"decoder.up.{level}", $"decoder.up_blocks.{levels - 1 - level}", "upsample", "upsamplers");
        }
        return modules;

        void Level(string original, string ours, string resample, string resampler)
        {
            int layers = Count(names, original + ".block.{0}.conv1.weight");
            for (int i = 0; i < layers; i++) { modules[$"{original}.block.{i}"] = $"{ours}.resnets.{i}"; }
            modules[$"{original}.{resample}"] = $"{ours}.{resampler}.0";
        }
    }

    private static int Count(IReadOnlyCollection<string> names, string pattern) =>
        Enumerable.Range(0, names.Count).TakeWhile(i => names.Contains(string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, i))).Count();
}
