using System.Text.Json;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Networks;

using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Single evaluations of Stable Diffusion's networks and of DDPM's, as diffusers computes them.</summary>
internal sealed class DiffusersKinds : IGoldenKind
{
    private const double Tolerance = 2e-5;

    public IReadOnlyList<string> Kinds => ["unet", "controlnet", "unet-controlled", "vae-encode", "vae-decode", "vae-latents", "text-embedding", "unet2d"];

    public void Check(GoldenCase golden)
    {
        using var networks = GoldenNetworks.Of(golden);
        switch (golden.Kind)
        {
            case "unet":
                golden.AssertClose("output", networks.UNet().Forward(golden.Input("sample"), Time(golden), golden.Input("context")), Tolerance);
                break;
            case "controlnet":
                using (var all = Residuals(golden, networks.ControlNet(), "picture", Scale(golden.Parameters)))
                {
                    var residuals = golden.Parameter("guess")?.GetBoolean() == true ? all.FallingByDepth() : all;
                    for (int i = 0; i < residuals.Down.Count; i++) { golden.AssertClose($"down{i}", residuals.Down[i], Tolerance); }
                    golden.AssertClose("mid", residuals.Mid, Tolerance);
                    Xunit.Assert.Equal(golden.Outputs.Count(), residuals.Down.Count + 1);
                }
                break;
            case "unet-controlled":
                golden.AssertClose("output", networks.UNet().Forward(golden.Input("sample"), Time(golden), golden.Input("context"), Added(golden)), Tolerance);
                break;
            case "vae-encode":
                var (mean, logVariance) = networks.Autoencoder().Encode(golden.Input("picture"));
                golden.AssertClose("mean", mean, Tolerance);
                golden.AssertClose("logvar", logVariance, Tolerance);
                break;
            case "vae-decode":
                golden.AssertClose("picture", networks.Autoencoder().Decode(golden.Input("latents")), Tolerance);
                break;
            case "vae-latents":
                var network = networks.Autoencoder();
                using (var codec = new KLCodec("golden", "golden", network, CPU, NewDisposeScope()))
                {
                    golden.AssertClose("latents", codec.Encode(golden.Input("picture") * 2 - 1), Tolerance);
                }
                break;
            case "text-embedding":
                golden.AssertClose("embedding", networks.Text().Forward(golden.Input("ids")), Tolerance);
                break;
            default:
                golden.AssertClose("output", networks.UNet2D().Forward(golden.Input("sample"), Time(golden)), Tolerance);
                break;
        }
    }

    /// <summary>What the ControlNets of a case add, each with its picture.</summary>
    public static UNetAdded Added(GoldenCase golden, string picture = "picture") => new()
    {
        Skips = [.. golden.Parameters.GetProperty("controlnets").EnumerateArray().Select((entry, place) =>
        {
            using var networks = entry.TryGetProperty("golden", out var other) ? GoldenNetworks.OfFolder(golden.Folder.ModelOf(other.GetString()!)) : GoldenNetworks.Of(golden);
            var residuals = Residuals(golden, networks.ControlNet(), $"{picture}{place}", Scale(entry));
            return new AddedRows([.. residuals.Down, residuals.Mid], 0, golden.Input("sample").shape[0]);
        })],
    };

    private static ControlResiduals Residuals(GoldenCase golden, ControlNetModel network, string picture, double scale) =>
        network.Forward(golden.Input("sample"), Time(golden), golden.Input("context"), golden.Input(picture), scale);

    private static double Scale(JsonElement element) => element.TryGetProperty("scale", out var scale) ? scale.GetDouble() : 1;

    /// <summary>One time for all rows, or one a row.</summary>
    public static Tensor Time(GoldenCase golden)
    {
        var t = golden.Parameters.GetProperty("t");
        var all = t.ValueKind == JsonValueKind.Array ? t.EnumerateArray().ToList() : [t];
        return all.All(row => row.TryGetInt64(out _)) ? tensor(all.Select(row => row.GetInt64()).ToArray()) : tensor(all.Select(row => row.GetSingle()).ToArray());
    }
}
