using Mcdm.Diffusion.Composition;
using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Modalities;
using Mcdm.Runtime;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Networks that change a picture as a sentence says (instruct-pix2pix): what they are shown, and whole runs with two guidances, which are rule (12).</summary>
internal sealed class EditKinds : IGoldenKind
{
    private const double Tolerance = 5e-5, RunTolerance = 5e-4;

    public IReadOnlyList<string> Kinds => ["pix2pix-inputs", "run-pix2pix", "run-composed-pix2pix"];

    public void Check(GoldenCase golden)
    {
        if (golden.Kind == "pix2pix-inputs") { Inputs(golden); }
        else
        {
            using var run = new GoldenRun(golden);
            using var exact = Exact(golden, run);
            run.Check(golden.Kind == "run-pix2pix" ? [Guided(golden)] : Composed(golden), new Product(), RunTolerance, adjust: composition => Show(composition, exact));
        }
    }

    private static Tensor Exact(GoldenCase golden, GoldenRun run) => new EditedPicture(run.Model.Codec!, run.Coder).Show(golden.Input("picture") * 2 - 1);

    /// <summary>The picture as the original had it, between the 256 levels that a condition's has.</summary>
    private static void Show(Composition composition, Tensor exact)
    {
        foreach (var shown in composition.Terms.Select(term => ((StableDiffusionInputs)term.Inputs!).Shown).OfType<Tensor>())
        {
            Assert.InRange(((shown - exact).square().mean() / exact.square().mean()).sqrt().ToDouble(), 0, 0.05);
            shown.copy_(exact);
        }
    }

    private static void Inputs(GoldenCase golden)
    {
        using var networks = GoldenNetworks.Of(golden);
        var coder = networks.Autoencoder();
        using var codec = new KLCodec("golden", "golden", coder, CPU, NewDisposeScope());
        golden.AssertClose("image_latents", new EditedPicture(codec, coder.Options).Show(golden.Input("picture") * 2 - 1), Tolerance);
    }

    /// <summary>As the pipeline has it: without guidance of both kinds the sentence alone counts.</summary>
    private static Condition Guided(GoldenCase golden)
    {
        double guidance = Number("guidance"), ofPicture = Number("image_guidance");
        var condition = Shown(golden).Saying(golden.Parameters.GetProperty("prompt").GetString()!);
        return guidance <= 1 || ofPicture < 1 ? condition : condition.Weighted(guidance).PictureWeighted(ofPicture);

        double Number(string name) => golden.Parameters.GetProperty(name).GetDouble();
    }

    private static List<Condition> Composed(GoldenCase golden) => golden.Parameters.GetProperty("experts").EnumerateArray().Select(expert =>
    {
        var (prompt, weight) = (expert.GetProperty("prompt").GetString()!, expert.GetProperty("weight").GetDouble());
        return !expert.GetProperty("picture").GetBoolean() ? Condition.FromText(prompt, weight)
            : (prompt.Length == 0 ? Shown(golden) : Shown(golden).Saying(prompt)).Weighted(weight);
    }).ToList();

    private static Condition Shown(GoldenCase golden) => Condition.Of(Modality.Picture, PictureTensor.FromTensor(golden.Input("picture")[0] * 2 - 1));
}
