using Mcdm.Core.Tests.Networks;
using Mcdm.Layers.Frozen;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Clip;
using Mcdm.Weights.Reading;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Single evaluations of a model that LoRAs change, as diffusers computes them: with the factors added while layers run, and merged into a copy of the weights.</summary>
internal sealed class LoraKinds : IGoldenKind
{
    private const double Tolerance = 2e-5;

    public IReadOnlyList<string> Kinds => ["text-embedding-lora", "unet-lora"];

    public void Check(GoldenCase golden)
    {
        bool text = golden.Kind == "text-embedding-lora";
        var part = text ? LoraPart.Text : LoraPart.UNet;
        using var networks = GoldenNetworks.Of(golden);
        var basis = networks.Open(text ? "text_encoder" : "unet");
        var loras = golden.Parameters.GetProperty("loras").EnumerateArray().Select(lora => (File: Read(golden, lora.GetProperty("golden").GetString()!), Scale: lora.GetProperty("scale").GetDouble())).ToList();
        try
        {
            var changes = LoraFile.Together(loras.Select(lora => lora.File.ChangesOf(part, basis, lora.Scale)));
            using var shared = new FrozenWeights(basis, CPU, ScalarType.Float32);
            using var merged = new FrozenWeights(new MergedWeights(basis, changes), CPU, ScalarType.Float32);
            foreach (var weights in new[] { shared.With(changes), merged })
            {
                golden.AssertClose(golden.Outputs.Single(), text
                    ? new ClipTextModel(weights, networks.Config("text_encoder").As<ClipTextOptions>()).Forward(golden.Input("ids"))
                    : new UNet2DConditionModel(weights, networks.Config("unet").As<UNet2DConditionOptions>())
                        .Forward(golden.Input("sample"), DiffusersKinds.Time(golden), golden.Input("context")), Tolerance);
            }
        }
        finally
        {
            foreach (var (file, _) in loras) { file.Dispose(); }
        }
    }

    private static LoraFile Read(GoldenCase golden, string name)
    {
        string folder = golden.Folder.ModelOf(name);
        using var file = WeightFile.Open(Directory.EnumerateFiles(folder).Single());
        return LoraFile.Read(file, CPU, ScalarType.Float32);
    }
}
