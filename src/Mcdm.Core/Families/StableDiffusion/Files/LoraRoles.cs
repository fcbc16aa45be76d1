namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>Which of a layer's tensors one of an adapter is, by the names that LyCORIS gives them.</summary>
internal static class LoraRoles
{
    /// <summary>The factor that is applied first, and the one that is applied last; between them, of a kernel, the core.</summary>
    public const string Down = "lora_down", Up = "lora_up", Mid = "lora_mid";

    /// <summary>By what a product is multiplied, times its rank.</summary>
    public const string Alpha = "alpha";

    /// <summary>LoHa's factors and cores.</summary>
    public const string HadaW1A = "hada_w1_a", HadaW1B = "hada_w1_b", HadaW2A = "hada_w2_a", HadaW2B = "hada_w2_b", HadaT1 = "hada_t1", HadaT2 = "hada_t2";

    /// <summary>LoKr's matrices, whole or as factors, and the second's core.</summary>
    public const string LokrW1 = "lokr_w1", LokrW2 = "lokr_w2", LokrT2 = "lokr_t2";

    /// <summary>What a layer's or a norm's weight and bias differ by.</summary>
    public const string Weight = "diff", Bias = "diff_b", NormWeight = "w_norm", NormBias = "b_norm";

    /// <summary>Lengths of rows or columns (DoRA), as LyCORIS and as PEFT write them.</summary>
    public const string Scale = "dora_scale", Magnitude = "lora_magnitude_vector";

    /// <summary>The roles whose names stand at the end of a tensor's as they are.</summary>
    public static IReadOnlyList<string> Plain { get; } =
    [
        Alpha, HadaW1A, HadaW1B, HadaW2A, HadaW2B, HadaT1, HadaT2, LokrW1, $"{LokrW1}_a", $"{LokrW1}_b", LokrW2, $"{LokrW2}_a", $"{LokrW2}_b", LokrT2,
        Weight, Bias, NormWeight, NormBias, Scale, Magnitude,
    ];
}
