using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Imaging;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Networks that fill holes: what they are shown, single evaluations, and whole runs, those of others with the known part put back in every step.</summary>
internal sealed class InpaintKinds : IGoldenKind
{
    private const double Tolerance = 5e-5, RunTolerance = 5e-4;

    public IReadOnlyList<string> Kinds => ["inpaint-inputs", "inpaint-condition", "unet-inpaint", "run-inpaint", "run-composed-inpaint", "sdxl-run-inpaint"];

    public void Check(GoldenCase golden)
    {
        switch (golden.Kind)
        {
            case "inpaint-inputs": Inputs(golden); break;
            case "inpaint-condition": Condition(golden); break;
            case "unet-inpaint": Network(golden); break;
            default: Run(golden); break;
        }
    }

    private static void Inputs(GoldenCase golden)
    {
        using var networks = GoldenNetworks.Of(golden);
        using var codec = new KLCodec("golden", "golden", networks.Autoencoder(), CPU, NewDisposeScope());
        var pixels = golden.Input("picture") * 2 - 1;
        using var hole = Hole.Of(codec, pixels, golden.Input("mask"));
        golden.AssertEqual("mask_latent", hole.Mask);
        golden.AssertClose("masked_latents", hole.Masked, Tolerance);
        golden.AssertClose("picture_latents", codec.Encode(pixels), Tolerance);
    }

    private static void Condition(GoldenCase golden)
    {
        using var networks = GoldenNetworks.Of(golden);
        var addition = new ControlNetAddition("inpaint", networks.ControlNet(), readsHoles: true);
        // What the mask covers is transparent.
        golden.AssertClose("condition", addition.Read(WithHole(golden.Input("picture")[0], golden.Input("mask")[0, 0].gt(0.5)))[0], 3e-3);
    }

    private static void Network(GoldenCase golden)
    {
        using var networks = GoldenNetworks.Of(golden);
        var sample = golden.Input("sample");
        var read = cat([sample, golden.Input("mask").expand(sample.shape[0], -1, -1, -1), golden.Input("masked").expand(sample.shape[0], -1, -1, -1)], 1);
        var added = golden.Parameter("controlnets") is null ? null : DiffusersKinds.Added(golden);
        golden.AssertClose("output", networks.UNet().Forward(read, DiffusersKinds.Time(golden), golden.Input("context"), added), Tolerance);
    }

    private static void Run(GoldenCase golden)
    {
        using var run = new GoldenRun(golden);
        var (codec, strength) = (run.Model.Codec!, golden.Parameter("strength")?.GetDouble() ?? 1);
        var pixels = golden.Input(golden.HasInput("image") ? "image" : "picture") * 2 - 1;
        using var hole = Hole.Of(codec, pixels, golden.Input("mask"));
        if (golden.HasOutput("first_input")) { golden.AssertClose("first_input", hole.Channels(), golden.Output("first_input").narrow(1, 4, 5), Tolerance); }
        var start = new PictureStart(codec.Encode(pixels), strength, run.Model.FillsHoles ? null : hole.Mask) { FromNoise = true };
        bool composed = golden.Kind == "run-composed-inpaint";
        run.Check(composed ? run.ComposedConditions() : run.PipelineConditions(), composed ? new Product() : new Residual(), RunTolerance, start, hole);
    }

    /// <summary>A picture, 0…1 [3, height, width], that is transparent where a mask is.</summary>
    public static Picture WithHole(Tensor picture, Tensor hole)
    {
        using var scope = NewDisposeScope();
        var rgba = cat([picture.clamp(0, 1), hole.logical_not().to(ScalarType.Float32).unsqueeze(0)], 0).permute(1, 2, 0).contiguous();
        return new Picture((int)picture.shape[2], (int)picture.shape[1], [.. (rgba * 255 + 0.5).to(ScalarType.Byte).flatten().data<byte>()]);
    }
}
