using Mcdm.Families.Shared;
using Mcdm.Layers.Frozen;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// An adapter of a U-Net, a text encoder or both: for each layer a change of its weights, in one of several forms (<see cref="LoraForm"/>). Its tensors are
/// read once; it owns them.
/// </summary>
internal sealed class LoraFile : IDisposable
{
    private const string OfWeight = ".weight", OfBias = ".bias";

    private readonly List<Change> _changes = [];
    private readonly List<string> _warnings = [];

    private LoraFile(string path) => Path = path;

    /// <summary>Where it is from, for messages.</summary>
    public string Path { get; }

    /// <summary>What its headers say and is not read, or is read otherwise than elsewhere, in a sentence each.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Reads all changes.</summary>
    /// <param name="source">What of the adapter lies in each file; stays the caller's and is not needed afterwards.</param>
    /// <param name="device">Where they are to compute.</param>
    /// <param name="type">What thin factors are to compute in; all else is kept in float32.</param>
    /// <exception cref="McdmException">
    /// <c>LoraKind</c> (of another kind, such as OFT, which is named), <c>ModelFamily</c>, <c>LoraUnexpected</c>, <c>LoraIncomplete</c>,
    /// <c>LoraShape</c>, <c>LoraMetadata</c>.
    /// </exception>
    public static LoraFile Read(LoraSource source, Device device, ScalarType type)
    {
        var lora = new LoraFile(source.Path);
        try
        {
            foreach (var (file, part, metadata) in source.Files) { lora.Add(file, part, metadata, device, type); }
            return lora;
        }
        catch
        {
            lora.Dispose();
            throw;
        }
    }

    /// <summary>Whether it changes a network at all.</summary>
    public bool Changes(LoraPart part) => _changes.Any(change => change.Part == part);

    /// <summary>The version of Stable Diffusion that it is for, as far as its layers say it; null where they do not.</summary>
    public StableDiffusionVersion? Version => Changes(LoraPart.SecondText) ? StableDiffusionVersion.XL
        : _changes.Find(change => change.Part == LoraPart.UNet && change.Layer.EndsWith("attn2_to_k", StringComparison.Ordinal)) is { } reader
            ? StableDiffusionVersion.OfWidth(reader.Added.Columns) : null;

    /// <summary>The changes to a network's tensors, under the names by which its weights hold them; what they compute with stays this file's.</summary>
    /// <param name="part">Which network.</param>
    /// <param name="basis">The network's weights.</param>
    /// <param name="strength">By what the changes are multiplied; 1 as trained.</param>
    /// <exception cref="McdmException"><c>LoraLayer</c>: the network lacks a layer; <c>LoraShape</c>: it is of another size.</exception>
    public TensorChanges ChangesOf(LoraPart part, IWeights basis, double strength)
    {
        var modules = Modules(part, basis);
        var tensors = basis.Names.ToHashSet(StringComparer.Ordinal);
        var changes = new TensorChanges();
        foreach (var change in _changes.Where(change => change.Part == part))
        {
            string? tensor = modules.GetValueOrDefault(change.Layer) is { } module ? module + change.Ending : null;
            if (tensor is null || !tensors.Contains(tensor))
            {
                throw new McdmException("LoraLayer", ErrorKind.InvalidData,
                    $"'{Path}' changes the layer '{change.Stem}'{(change.Ending == OfBias ? ", its bias" : "")}, which '{basis.Path}' has not; it was trained "
                        + "for another model.");
            }
            changes.Add(tensor, change.For(Path, tensor, basis.Shape(tensor), strength));
        }
        return changes;
    }

    /// <summary>Frees the tensors' memory.</summary>
    public void Dispose()
    {
        foreach (var tensor in _changes.SelectMany(change => change.Tensors)) { tensor.Dispose(); }
    }

    /// <summary>A network's layers by the one form of their names, those of the original program among them.</summary>
    private static Dictionary<string, string> Modules(LoraPart part, IWeights basis)
    {
        var names = basis.Names.Where(name => name.EndsWith(OfWeight, StringComparison.Ordinal)).Select(name => name[..^OfWeight.Length]).ToList();
        var modules = new Dictionary<string, string>(StringComparer.Ordinal);
        if (part == LoraPart.UNet)
        {
            foreach (var (module, original) in LdmUNetNames.Originals(names)) { modules[LoraNames.LayerOf(original)] = module; }
        }
        foreach (string module in names) { modules[LoraNames.LayerOf(module)] = module; }
        return modules;
    }

    private void Add(IWeights file, LoraPart? part, LoraMetadata metadata, Device device, ScalarType type)
    {
        RequireLora(file);
        _warnings.AddRange([.. FileMetadata.Warnings(file, LoraMetadata.Plain, "rank", "r"), .. metadata.Warnings]);
        var layers = file.Names.Select(name => (Name: name, Tensor: LoraNames.Parse(name)!))
            .Select(item => (item.Name, item.Tensor, Part: item.Tensor.Part ?? part ?? PartOf(item.Tensor.Module)))
            .GroupBy(item => (item.Part, Layer: LoraNames.LayerOf(item.Tensor.Module)));
        foreach (var layer in layers)
        {
            var names = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, tensor, _) in layer)
            {
                if (!names.TryAdd(tensor.Role, name))
                {
                    throw new McdmException("LoraUnexpected", ErrorKind.InvalidData,
                        $"'{file.Path}' has both '{names[tensor.Role]}' and '{name}', which are the same part of a layer.");
                }
            }
            var first = layer.First().Tensor;
            double AlphaOverRank(long rank) => metadata.AlphaOverRank(layer.Key.Part, first.Module, rank);
            Add(layer.Key.Part, layer.Key.Layer, new LoraLayer(file, names, first.Stem, AlphaOverRank, device), type);
        }
        if (metadata.IsDora && _changes.All(change => change.Magnitude is null))
        {
            throw new McdmException("LoraIncomplete", ErrorKind.InvalidData,
                $"'{file.Path}' says that it is a DoRA, and has no '{LoraRoles.Magnitude}'; it is damaged.");
        }
    }

    private void Add(LoraPart part, string layer, LoraLayer tensors, ScalarType type)
    {
        string[] known = [LoraRoles.Alpha, LoraRoles.Scale, LoraRoles.Magnitude];
        var form = LoraForm.All.FirstOrDefault(form => form.Roles.Any(tensors.Has))
            ?? throw new McdmException("LoraIncomplete", ErrorKind.InvalidData,
                $"'{Path}' has of the layer '{tensors.Stem}' nothing but '{string.Join("', '", tensors.Roles)}'; it is damaged or of another form.");
        if (tensors.Roles.FirstOrDefault(role => !form.Roles.Contains(role) && !known.Contains(role)) is { } foreign)
        {
            throw new McdmException("LoraUnexpected", ErrorKind.InvalidData,
                $"'{Path}' has '{tensors.Stem}.{foreign}' beside the tensors of a {form.Name}, which has none.");
        }
        using var scope = NewDisposeScope();
        var magnitude = tensors.ReadIfThere(LoraRoles.Scale) ?? tensors.ReadIfThere(LoraRoles.Magnitude);
        var (weight, bias) = (form.Weight(tensors, type), form.Bias?.Invoke(tensors));
        if (weight is not null)
        {
            Keep(new Change(part, layer, tensors.Stem, OfWeight, weight) { Magnitude = magnitude, IsPeft = tensors.Has(LoraRoles.Magnitude) });
        }
        if (bias is not null) { Keep(new Change(part, layer, tensors.Stem, OfBias, bias)); }
    }

    private void Keep(Change change)
    {
        _changes.Add(change);
        foreach (var tensor in change.Tensors) { tensor.DetachFromDisposeScope(); }
    }

    private static void RequireLora(IWeights file)
    {
        if ((LoraNames.OtherKind(file.Names) ?? (LooksLikeWords(file) ? ("textual inversion", file.Names[0]) : null)) is var (kind, tensor))
        {
            throw new McdmException("LoraKind", ErrorKind.NotSupported,
                $"'{file.Path}' is of the kind {kind} ('{tensor}'), which Mcdm does not read; of its kin it reads LoRA, LoCon, LoHa, LoKr, DoRA and full "
                    + "differences.");
        }
        if (LoraNames.OtherFamily(file.Names) is { } family)
        {
            throw new McdmException("ModelFamily", ErrorKind.NotSupported,
                $"'{file.Path}' is a LoRA for {family}, which Mcdm does not run; it reads those for Stable Diffusion 1.x, 2.x and XL.");
        }
        if (file.Names.FirstOrDefault(name => LoraNames.Parse(name) is null) is { } unexpected)
        {
            throw new McdmException("LoraUnexpected", ErrorKind.InvalidData,
                $"'{file.Path}' has the tensor '{unexpected}', which no LoRA for Stable Diffusion has.");
        }
        if (file.Names.Count == 0) { throw new McdmException("LoraUnexpected", ErrorKind.InvalidData, $"'{file.Path}' holds no tensors, so it is no LoRA."); }
    }

    /// <summary>The network that a layer is of, where neither file nor folder says it.</summary>
    private static LoraPart PartOf(string module) =>
        LoraNames.LayerOf(module).StartsWith("encoder_layers_", StringComparison.Ordinal) ? LoraPart.Text : LoraPart.UNet;

    /// <summary>A few tensors, each one word's or some words' embedding, under names that are nobody's: how diffusers writes learnt words.</summary>
    private static bool LooksLikeWords(IWeights file) =>
        file.Names.Count is > 0 and < 8
            && file.Names.All(name => !name.Contains('.', StringComparison.Ordinal) && file.Shape(name) is { Count: 1 or 2 } shape
            && shape[^1] is >= 256 and <= 4096);

    /// <summary>What it changes of one tensor.</summary>
    /// <param name="Part">The network.</param>
    /// <param name="Layer">The layer, in the one form of names.</param>
    /// <param name="Stem">The layer as the file calls it, for messages.</param>
    /// <param name="Ending">Whether of its weight or its bias.</param>
    /// <param name="Added">What is added.</param>
    private sealed record Change(LoraPart Part, string Layer, string Stem, string Ending, AddedChange Added)
    {
        public IEnumerable<Tensor> Tensors => Magnitude is null ? Added.Tensors : [.. Added.Tensors, Magnitude];

        /// <summary>Lengths that were trained apart; null for none.</summary>
        public Tensor? Magnitude { get; init; }

        /// <summary>Whether the lengths are meant as PEFT has them.</summary>
        public bool IsPeft { get; init; }

        public TensorChange For(string path, string tensor, IReadOnlyList<long> shape, double strength)
        {
            long numbers = shape.Aggregate(1L, (product, size) => product * size);
            if (Added.Rows != shape[0] || Added.Rows * Added.Columns != numbers)
            {
                throw Mismatch($"[{Added.Rows}, {Added.Columns}]");
            }
            var scaled = Added with { Scale = Added.Scale * strength };
            if (Magnitude is not { } magnitude) { return scaled; }
            long lengths = magnitude.numel();
            bool byRow = lengths == shape[0] && (IsPeft || magnitude.shape[0] == shape[0]), byColumn = !IsPeft && shape.Count > 1 && lengths == shape[1];
            if (!byRow && !byColumn) { throw Mismatch($"{lengths} lengths"); }
            return IsPeft ? new NormalizedRows(scaled, magnitude) : new WeightDecomposition(Added, magnitude, strength);

            McdmException Mismatch(string what) => new("LoraShape", ErrorKind.InvalidData,
                $"'{path}' changes the layer '{Stem}' by {what}, but '{tensor}' is [{string.Join(", ", shape)}]; it was trained for another model.");
        }
    }
}
