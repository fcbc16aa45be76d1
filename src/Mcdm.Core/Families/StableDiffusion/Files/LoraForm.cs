using Mcdm.Layers.Frozen;
using static TorchSharp.torch;
using R = Mcdm.Families.StableDiffusion.Files.LoraRoles;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>A form in which adapters write a layer's change, as LyCORIS' programs (Yeh et al. 2023) and ComfyUI read it.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Roles">The tensors that only it has.</param>
/// <param name="Weight">The change of the layer's weight, without the strength; null where there is none. Given what thin factors compute in.</param>
/// <param name="Bias">The change of its bias.</param>
internal sealed record LoraForm(string Name, IReadOnlyList<string> Roles, Func<LoraLayer, ScalarType, AddedChange?> Weight,
    Func<LoraLayer, AddedChange?>? Bias = null)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<LoraForm> All { get; } =
    [
        new("LoRA", [R.Down, R.Up, R.Mid], Product),
        new("LoHa", [R.HadaW1A, R.HadaW1B, R.HadaW2A, R.HadaW2B, R.HadaT1, R.HadaT2], Hadamard),
        new("LoKr", [R.LokrW1, $"{R.LokrW1}_a", $"{R.LokrW1}_b", R.LokrW2, $"{R.LokrW2}_a", $"{R.LokrW2}_b", R.LokrT2], Kronecker),
        new("full difference", [R.Weight, R.Bias], (layer, _) => Whole(layer, R.Weight), layer => Whole(layer, R.Bias)),
        new("difference of a norm", [R.NormWeight, R.NormBias], (layer, _) => Whole(layer, R.NormWeight), layer => Whole(layer, R.NormBias)),
    ];

    /// <summary>What people call a file with tensors of some names; null where none is an adapter's.</summary>
    public static string? NameOf(IEnumerable<string> names)
    {
        var roles = names.Select(LoraNames.Parse).OfType<LoraTensor>().Select(tensor => tensor.Role).ToHashSet(StringComparer.Ordinal);
        return roles.Count == 0 ? null : roles.Overlaps([R.Scale, R.Magnitude]) ? "DoRA" : roles.Contains(R.Mid) ? "LoCon"
            : All.FirstOrDefault(form => form.Roles.Any(roles.Contains))?.Name;
    }

    /// <summary>up · down, of a kernel Σ up[o,m] mid[m,n,·] down[n,i]: the core goes with the first factor.</summary>
    private static LowRank Product(LoraLayer layer, ScalarType type)
    {
        var (down, up) = (layer.Matrix(R.Down, type), layer.Matrix(R.Up, type));
        if (layer.ReadIfThere(R.Mid) is { } mid) { down = einsum("mnkl,ni->mikl", mid, down.to(ScalarType.Float32)).flatten(1).to(type); }
        return down.shape[0] == up.shape[1] && down.shape[0] > 0 ? new LowRank(down, up, layer.AlphaOver(down.shape[0]))
            : throw layer.Shape($"its factors are [{string.Join(", ", down.shape)}] and [{string.Join(", ", up.shape)}]");
    }

    private static HadamardProduct Hadamard(LoraLayer layer, ScalarType type)
    {
        var (first, second) = (Factors(layer, R.HadaW1A, R.HadaW1B, R.HadaT1), Factors(layer, R.HadaW2A, R.HadaW2B, R.HadaT2));
        return first.Rows == second.Rows && first.Columns == second.Columns ? new HadamardProduct(first, second, layer.AlphaOver(first.B.shape[0]))
            : throw layer.Shape($"its matrices are {first.Rows}×{first.Columns} and {second.Rows}×{second.Columns}");
    }

    private static HadamardProduct.Factors Factors(LoraLayer layer, string a, string b, string core)
    {
        var factors = new HadamardProduct.Factors(layer.Matrix(a), layer.Matrix(b), layer.ReadIfThere(core));
        long rank = factors.A.shape[factors.Core is null ? 1 : 0];
        bool fits = factors.Core is null || (factors.Core.shape is [var i, var j, _, _] && i == rank && j == rank);
        return rank > 0 && rank == factors.B.shape[0] && fits ? factors
            : throw layer.Shape($"'{a}' and '{b}' have different ranks");
    }

    private static KroneckerProduct Kronecker(LoraLayer layer, ScalarType type)
    {
        var (first, rank) = Half(layer, R.LokrW1, null);
        var (second, secondRank) = Half(layer, R.LokrW2, R.LokrT2);
        return first.dim() < 2 || second.dim() < 2 ? throw layer.Shape("its halves are no matrices")
            : new KroneckerProduct(first.flatten(1), second.flatten(1), (secondRank ?? rank) is { } r ? layer.AlphaOver(r) : 1);
    }

    /// <summary>One of the two matrices, whole or as the product of two thin ones, and that product's rank.</summary>
    private static (Tensor Value, long? Rank) Half(LoraLayer layer, string name, string? core)
    {
        if (!layer.Has($"{name}_a") && !layer.Has($"{name}_b")) { return (layer.Read(name), null); }
        var (a, b) = (layer.Matrix($"{name}_a"), layer.Matrix($"{name}_b"));
        var middle = core is null ? null : layer.ReadIfThere(core);
        if (a.shape[middle is null ? 1 : 0] != b.shape[0] || b.shape[0] == 0) { throw layer.Shape($"the factors of '{name}' have different ranks"); }
        return (middle is null ? a.matmul(b) : einsum("ijkl,ib,jd->bdkl", middle, a, b), b.shape[0]);
    }

    private static WholeDifference? Whole(LoraLayer layer, string role) => layer.ReadIfThere(role) is { } value
        ? value.dim() > 0 ? new WholeDifference(value, 1) : throw layer.Shape($"its '{role}' is one number") : null;
}
