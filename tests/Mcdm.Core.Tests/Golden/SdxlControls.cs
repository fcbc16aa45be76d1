using System.Text.Json;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Frozen;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>ControlNets of Stable Diffusion XL, those for several types of pictures among them, for the model that they are for.</summary>
internal static class SdxlControls
{
    /// <summary>The residuals of one ControlNet.</summary>
    public static void Check(GoldenCase golden, double tolerance)
    {
        using var model = LatentDiffusionFolder.Open(golden.Folder.Name.StartsWith("sdxl-variants", StringComparison.Ordinal)
            ? Path.Combine(golden.Folder.ModelOf("sdxl-variants"), "fp16") : golden.Folder.ModelOf("sdxl-tiny"));
        bool union = golden.Kind == "sdxl-controlnet-union";
        var residuals = Residuals(golden, model, golden.Parameters, Path.Combine(golden.Model, golden.Parameter("file")?.GetString() ?? ""), union ? "picture" : null, "picture");
        for (int i = 0; i < residuals.Down.Count; i++) { golden.AssertClose($"down{i}", residuals.Down[i], tolerance); }
        golden.AssertClose("mid", residuals.Mid, tolerance);
        Assert.Equal(golden.Outputs.Count(), residuals.Down.Count + 1);
    }

    /// <summary>What all ControlNets of a case add.</summary>
    public static UNetAdded Added(GoldenCase golden, LatentDiffusionFiles model) => new()
    {
        Skips = [.. golden.Parameters.GetProperty("controlnets").EnumerateArray()
            .Select((entry, i) => Residuals(golden, model, entry, golden.Folder.ModelOf(entry.GetProperty("golden").GetString()!), $"picture{i}_", $"picture{i}"))
            .Select(residuals => new AddedRows([.. residuals.Down, residuals.Mid], 0, golden.Input("sample").shape[0]))],
    };

    private static ControlResiduals Residuals(GoldenCase golden, LatentDiffusionFiles model, JsonElement entry, string path, string? pictures, string picture)
    {
        using var control = File.Exists(path) ? LatentDiffusionFile.OpenControlNet(path) : LatentDiffusionFolder.OpenControlNet(path);
        Assert.Null(control.Mismatch(model));
        var network = control.Over(model);
        using var weights = new FrozenWeights(network.Weights, CPU, ScalarType.Float32);
        var net = new ControlNetModel(weights, network.Options);
        var types = entry.TryGetProperty("types", out var told) ? told.EnumerateArray().Select(type => type.GetInt32()).ToList() : null;
        var scales = !entry.TryGetProperty("scale", out var scale) ? [1] : scale.ValueKind == JsonValueKind.Array ? scale.EnumerateArray().Select(one => one.GetDouble()).ToList()
            : [scale.GetDouble()];
        var seen = types is null ? [new ControlPicture(golden.Input(picture))]
            : types.Select((type, i) => new ControlPicture(golden.Input($"{pictures}{i}"), type,
                types.Count == 1 ? null : tensor(new[] { (float)scales[scales.Count == 1 ? 0 : i] }))).ToList();
        return net.Forward(golden.Input("sample"), DiffusersKinds.Time(golden), golden.Input("context"), seen, seen.Count == 1 ? scales[0] : 1, SdxlKinds.Told(golden));
    }
}
