using System.Text.RegularExpressions;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// What a U-Net's tensors are called among the weights averaged over its training (EMA): as in the module that holds it, without dots; some programs leave the
/// module's own name out.
/// </summary>
internal static partial class AverageNames
{
    private const string Module = "diffusion_model";

    /// <summary>What an average may be called, behind <c>model_ema.</c>.</summary>
    /// <param name="name">The tensor's name in the U-Net.</param>
    public static IEnumerable<string> Of(string name)
    {
        string flat = name.Replace(".", "", StringComparison.Ordinal);
        return [Module + flat, flat];
    }

    /// <summary>The name in the U-Net that an average stands for, with its dots again; null for what is no tensor of one.</summary>
    public static string? Undo(string flat)
    {
        if (flat.StartsWith(Module, StringComparison.Ordinal)) { flat = flat[Module.Length..]; }
        var match = Flat().Match(flat);
        if (!match.Success) { return null; }
        // Numbers of the layers in a block have one digit, so what is before the last is the block's.
        var parts = match.Groups.Values.Skip(1).Where(group => group.Success).OrderBy(group => group.Index).Select(group => group.Value);
        return string.Join('.', parts);
    }

    [GeneratedRegex("""
        ^(?:(input_blocks|output_blocks)(\d+)(\d)|(middle_block)(\d)|(label_emb)(\d)(\d)|(time_embed|out)(\d))
        (?:(in_layers|out_layers|emb_layers)(\d)|(skip_connection|op|conv|norm|proj_in|proj_out)
        |(transformer_blocks)(\d+)(?:(attn1|attn2)(?:(to_q|to_k|to_v)|(to_out)(\d))|(ff)(net)(\d)(proj)?|(norm1|norm2|norm3)))?
        (weight|bias)$
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Flat();
}
