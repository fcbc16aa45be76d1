using Mcdm.Families.Shared;
using Mcdm.Layers.Frozen;
using Mcdm.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// A LoRA (Hu et al. 2021) of a U-Net, a text encoder or both: for each layer two thin matrices whose product is added to its weights.
/// Its factors are read once; it owns them.
/// </summary>
internal sealed class LoraFile : IDisposable
{
    private readonly Dictionary<(LoraPart Part, string Layer), Factors> _layers = [];

    private LoraFile(string path) => Path = path;

    /// <summary>Where it is from, for messages.</summary>
    public string Path { get; }

    /// <summary>What its header says and is not read, or is read otherwise than elsewhere, in a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>Reads all factors.</summary>
    /// <param name="file">The file; stays the caller's and is not needed afterwards.</param>
    /// <param name="device">Where they are to compute.</param>
    /// <param name="type">What they are to compute in.</param>
    /// <exception cref="McdmException">
    /// <c>LoraKind</c> (of another kind, such as LoHa, which is named), <c>ModelFamily</c>, <c>LoraUnexpected</c>, <c>LoraIncomplete</c>,
    /// <c>LoraShape</c>, <c>LoraMetadata</c>.
    /// </exception>
    public static LoraFile Read(IWeights file, Device device, ScalarType type)
    {
        var metadata = LoraMetadata.Read(file.Path, file.Metadata);
        RequireLora(file, metadata);
        var lora = new LoraFile(file.Path) { Warnings = [.. FileMetadata.Warnings(file, LoraMetadata.Plain, "rank", "r"), .. metadata.Warnings] };
        try
        {
            foreach (var layer in file.Names.Select(name => (Name: name, Tensor: LoraNames.Parse(name)!))
                .GroupBy(item => (item.Tensor.Part, item.Tensor.Layer)))
            {
                lora._layers[layer.Key] = Factors.Read(file, layer.Key, metadata, layer.Select(item => (item.Tensor.Role, item.Name)), device, type);
            }
            return lora;
        }
        catch
        {
            lora.Dispose();
            throw;
        }
    }

    /// <summary>Whether it changes a network at all.</summary>
    public bool Changes(LoraPart part) => _layers.Keys.Any(layer => layer.Part == part);

    /// <summary>The changes to a network's layers, under the names by which its weights hold them; the tensors stay this file's.</summary>
    /// <param name="part">Which network.</param>
    /// <param name="basis">The network's weights.</param>
    /// <param name="strength">By what the changes are multiplied; 1 as trained.</param>
    /// <exception cref="McdmException"><c>LoraLayer</c>: the network lacks a layer; <c>LoraShape</c>: it is of another size.</exception>
    public IReadOnlyDictionary<string, IReadOnlyList<LowRank>> ChangesOf(LoraPart part, IWeights basis, double strength)
    {
        const string Weight = ".weight";
        var known = basis.Names.Where(name => name.EndsWith(Weight, StringComparison.Ordinal))
            .Select(name => name[..^Weight.Length]).ToLookup(LoraNames.LayerOf, StringComparer.Ordinal);
        var changes = new Dictionary<string, IReadOnlyList<LowRank>>(StringComparer.Ordinal);
        foreach (var ((_, layer), factors) in _layers.Where(layer => layer.Key.Part == part))
        {
            string name = known[layer].FirstOrDefault() ?? throw new McdmException("LoraLayer", ErrorKind.InvalidData,
                $"'{Path}' changes the layer '{layer}', which '{basis.Path}' has not; it was trained for another model.");
            changes[name] = [factors.For(Path, name, basis.Shape(name + Weight), strength)];
        }
        return changes;
    }

    /// <summary>The changes of several LoRAs, which add up.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<LowRank>> Together(IEnumerable<IReadOnlyDictionary<string, IReadOnlyList<LowRank>>> changes) =>
        changes.SelectMany(each => each).GroupBy(layer => layer.Key, StringComparer.Ordinal)
            .ToDictionary(layer => layer.Key, layer => (IReadOnlyList<LowRank>)layer.SelectMany(each => each.Value).ToArray(), StringComparer.Ordinal);

    /// <summary>Frees the factors' memory.</summary>
    public void Dispose()
    {
        foreach (var factors in _layers.Values) { factors.Dispose(); }
    }

    private static void RequireLora(IWeights file, LoraMetadata metadata)
    {
        if ((LoraNames.OtherKind(file.Names) ?? (LooksLikeWords(file) ? "textual inversion" : metadata.IsDora ? "DoRA" : null)) is { } kind)
        {
            throw new McdmException("LoraKind", ErrorKind.NotSupported,
                $"'{file.Path}' is of the kind {kind}, which Mcdm does not read; of its kin it reads LoRA alone.");
        }
        if (LoraNames.OtherFamily(file.Names) is { } family)
        {
            throw new McdmException("ModelFamily", ErrorKind.NotSupported,
                $"'{file.Path}' is a LoRA for {family}, which Mcdm does not run; it reads those for Stable Diffusion 1.x and 2.x.");
        }
        if (file.Names.FirstOrDefault(name => LoraNames.Parse(name) is null) is { } unexpected)
        {
            throw new McdmException("LoraUnexpected", ErrorKind.InvalidData,
                $"'{file.Path}' has the tensor '{unexpected}', which no LoRA for Stable Diffusion has.");
        }
        if (file.Names.Count == 0) { throw new McdmException("LoraUnexpected", ErrorKind.InvalidData, $"'{file.Path}' holds no tensors, so it is no LoRA."); }
    }

    /// <summary>A few tensors, each one word's or some words' embedding, under names that are nobody's: how diffusers writes learnt words.</summary>
    private static bool LooksLikeWords(IWeights file) =>
        file.Names.Count is > 0 and < 8
            && file.Names.All(name => !name.Contains('.', StringComparison.Ordinal) && file.Shape(name) is { Count: 1 or 2 } shape
            && shape[^1] is >= 256 and <= 4096);

    /// <summary>The factors of one layer, as they are in the file: in the shapes of the layer's own weights they are views of these.</summary>
    private sealed record Factors(Tensor Down, Tensor Up, double AlphaOverRank) : IDisposable
    {
        public static Factors Read(IWeights file, (LoraPart Part, string Name) layer, LoraMetadata metadata, IEnumerable<(LoraRole Role, string Name)> tensors,
            Device device, ScalarType type)
        {
            var names = new Dictionary<LoraRole, string>();
            foreach (var (role, name) in tensors)
            {
                if (!names.TryAdd(role, name))
                {
                    throw new McdmException("LoraUnexpected", ErrorKind.InvalidData,
                        $"'{file.Path}' has both '{names[role]}' and '{name}', which are the same part of a layer.");
                }
            }
            if (!names.TryGetValue(LoraRole.Down, out string? downName) || !names.TryGetValue(LoraRole.Up, out string? upName))
            {
                throw new McdmException("LoraIncomplete", ErrorKind.InvalidData,
                    $"'{file.Path}' has '{names.Values.First()}' without the other factor of the layer '{layer.Name}'; it is damaged or of another form.");
            }
            var (down, up) = (file.Shape(downName), file.Shape(upName));
            if (down is [_, _, not 1, _] or [_, _, _, not 1])
            {
                throw new McdmException("LoraKind", ErrorKind.NotSupported,
                    $"'{file.Path}' is of the kind LoCon: it changes convolutions ('{downName}' is [{string.Join(", ", down)}]), which Mcdm does not read; "
                    + "of its kin it reads LoRA alone.");
            }
            if (!IsFactor(down) || !IsFactor(up) || down[0] != up[1] || down[0] == 0)
            {
                throw new McdmException("LoraShape", ErrorKind.InvalidData,
                    $"'{file.Path}' has '{downName}' [{string.Join(", ", down)}] and '{upName}' [{string.Join(", ", up)}], whose product is no change of a "
                    + "layer.");
            }
            using var scope = NewDisposeScope();
            double alphaOverRank = names.TryGetValue(LoraRole.Alpha, out string? alpha) ? Scalar(file, alpha) / down[0]
                : metadata.AlphaOverRank(layer.Part, layer.Name, down[0]);
            var factors = new Factors(Read(downName).reshape(down[0], down[1]).to(device), Read(upName).reshape(up[0], up[1]).to(device), alphaOverRank);
            factors.Down.DetachFromDisposeScope();
            factors.Up.DetachFromDisposeScope();
            return factors;

            Tensor Read(string name)
            {
                var factor = file.Read(name, type);
                FiniteWeights.Require(file.Path, name, factor);
                return factor;
            }
        }

        /// <summary>The change to a layer whose weights have a shape.</summary>
        public LowRank For(string path, string layer, IReadOnlyList<long> shape, double strength)
        {
            if (shape is not ([_, _] or [_, _, 1, 1]) || shape[0] != Up.shape[0] || shape[1] != Down.shape[1])
            {
                throw new McdmException("LoraShape", ErrorKind.InvalidData,
                    $"'{path}' changes the layer '{layer}' by [{Up.shape[0]}, {Down.shape[1]}], but its weights are [{string.Join(", ", shape)}]; it was "
                        + "trained for another model.");
            }
            return shape.Count == 2 ? new LowRank(Down, Up, strength * AlphaOverRank)
                : new LowRank(_downPlaces.Value, _upPlaces.Value, strength * AlphaOverRank);
        }

        private readonly Lazy<Tensor> _downPlaces = new(() => Places(Down)), _upPlaces = new(() => Places(Up));

        public void Dispose()
        {
            foreach (var places in new[] { _downPlaces, _upPlaces }.Where(places => places.IsValueCreated)) { places.Value.Dispose(); }
            Down.Dispose();
            Up.Dispose();
        }

        /// <summary>A matrix as a convolution of one place; the memory is the same.</summary>
        private static Tensor Places(Tensor matrix) => matrix.unsqueeze(-1).unsqueeze(-1).DetachFromDisposeScope();

        private static bool IsFactor(IReadOnlyList<long> shape) => shape is [_, _] or [_, _, 1, 1];

        private static double Scalar(IWeights file, string name)
        {
            if (file.Shape(name).Aggregate(1L, (product, size) => product * size) != 1)
            {
                throw new McdmException("LoraShape", ErrorKind.InvalidData, $"'{file.Path}' has '{name}', which is not a single number.");
            }
            using var alpha = file.Read(name, ScalarType.Float32);
            double value = alpha.reshape(1).ToDouble();
            return double.IsFinite(value) ? value
                : throw new McdmException("LoraShape", ErrorKind.InvalidData, $"'{file.Path}' has '{name}', which is not a finite number.");
        }
    }
}
