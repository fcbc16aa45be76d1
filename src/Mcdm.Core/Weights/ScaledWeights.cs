using System.Text.Json;
using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>
/// Weights of eight bits with a scale for each layer, as ComfyUI writes them: <c>layer.scale_weight</c> beside <c>layer.weight</c>, with a mark
/// <c>scaled_fp8</c>; or <c>layer.weight_scale</c> and <c>layer.comfy_quant</c>, which names the format. A weight is its number times the scale; scales of
/// inputs are not needed where the arithmetic is wider.
/// </summary>
internal sealed class ScaledWeights : IWeights
{
    private const string Mark = "scaled_fp8", Weight = ".weight", Format = ".comfy_quant";
    private static readonly string[] s_scales = [".scale_weight", ".weight_scale"], s_ofInputs = [".scale_input", ".input_scale"];
    private static readonly string[] s_formats = ["float8_e4m3fn", "float8_e5m2"];

    private readonly IWeights _file;
    private readonly Dictionary<string, string> _scaleOf = new(StringComparer.Ordinal);

    private ScaledWeights(IWeights file)
    {
        _file = file;
        var names = file.Names.ToHashSet(StringComparer.Ordinal);
        foreach (string name in file.Names)
        {
            if (name.EndsWith(Format, StringComparison.Ordinal)) { RequireFormat(name); }
            if (s_scales.FirstOrDefault(ending => name.EndsWith(ending, StringComparison.Ordinal)) is not { } scale) { continue; }
            string weight = name[..^scale.Length] + Weight;
            if (!names.Contains(weight)) { throw Wrong($"has the scale '{name}', but no '{weight}'"); }
            long count = file.Shape(name).Aggregate(1L, (product, size) => product * size), rows = file.Shape(weight).FirstOrDefault(1);
            if (count != 1 && count != rows) { throw Wrong($"has the scale '{name}' of {count} numbers, but '{weight}' has {rows} rows"); }
            _scaleOf[weight] = name;
        }
        // A weight of eight bits without its scale would be another network's.
        bool marked = file.Names.Any(IsMark);
        var weights = file.Names.Where(name => name.EndsWith(Weight, StringComparison.Ordinal));
        if (marked && weights.FirstOrDefault(name => !_scaleOf.ContainsKey(name) && IsShort(name)) is { } bare)
        {
            throw Wrong($"says that its weights have scales, but lacks '{bare[..^Weight.Length]}{s_scales[0]}'");
        }
        Names = [.. file.Names.Where(name => !IsScale(name))];
    }

    /// <inheritdoc/>
    public string Path => _file.Path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => _file.Metadata;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The weights with their scales; themselves where they have none.</summary>
    /// <param name="file">The weights, which are closed with what is returned.</param>
    /// <exception cref="McdmException"><c>WeightsScale</c>: a scale and its weight do not fit; <c>WeightsQuantized</c>: a format that is not read.</exception>
    public static IWeights Of(IWeights file) => file.Names.Any(IsScale) ? new ScaledWeights(file) : file;

    /// <inheritdoc/>
    public IReadOnlyList<long> Shape(string name) => _file.Shape(name);

    /// <inheritdoc/>
    public ScalarType DataType(string name) => _scaleOf.ContainsKey(name) ? ScalarType.Float32 : _file.DataType(name);

    /// <inheritdoc/>
    public Tensor Read(string name, ScalarType? dataType = null)
    {
        if (!_scaleOf.TryGetValue(name, out string? scaleName)) { return _file.Read(name, dataType); }
        using var scope = NewDisposeScope();
        Tensor weights = _file.Read(name, ScalarType.Float32), scale = _file.Read(scaleName, ScalarType.Float32).flatten();
        var scaled = weights.mul_(scale.reshape([-1, .. Enumerable.Repeat(1L, Math.Max(0, weights.shape.Length - 1))]));
        return scaled.to(dataType ?? ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static bool IsMark(string name) => name == Mark || name.EndsWith("." + Mark, StringComparison.Ordinal);

    private static bool IsScale(string name) => IsMark(name) || name.EndsWith(Format, StringComparison.Ordinal)
        || s_scales.Concat(s_ofInputs).Any(ending => name.EndsWith(ending, StringComparison.Ordinal));

    private bool IsShort(string name) => _file is SafeTensorsFile file && file.IsFloat8(name);

    private void RequireFormat(string name)
    {
        try
        {
            using var bytes = _file.Read(name, ScalarType.Byte);
            using var json = JsonDocument.Parse(bytes.data<byte>().ToArray());
            string? format = json.RootElement.TryGetProperty("format", out var value) ? value.GetString() : null;
            if (s_formats.Contains(format)) { return; }
            throw new McdmException("WeightsQuantized", ErrorKind.NotSupported,
                $"'{Path}' says in '{name}' that a layer is stored as {format ?? "nothing"}; of such formats {string.Join(" and ", s_formats)} are read.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Wrong($"has '{name}', which does not say how a layer is stored", e);
        }
    }

    private McdmException Wrong(string problem, Exception? inner = null) => new("WeightsScale", ErrorKind.InvalidData, $"'{Path}' {problem}.", inner);
}
