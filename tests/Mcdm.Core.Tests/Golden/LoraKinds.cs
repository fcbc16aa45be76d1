using System.Text.Json;
using Mcdm.Core.Tests.Networks;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Clip;
using Mcdm.Layers.Frozen;
using Mcdm.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>
/// A model that adapters change, as ComfyUI, diffusers and PEFT compute it: its weights, and single evaluations with the changes made while layers run and merged
/// into a copy of the weights.
/// </summary>
internal sealed class LoraKinds : IGoldenKind
{
    private const double Tolerance = 5e-5;

    public IReadOnlyList<string> Kinds => ["text-embedding-lora", "unet-lora", "adapter-weights", "refuse-adapter"];

    public void Check(GoldenCase golden)
    {
        using var networks = GoldenNetworks.OfFolder(golden.Model);
        IWeights unet = networks.Open("unet"), text = networks.Open("text_encoder");
        if (golden.Kind == "refuse-adapter")
        {
            Refuse(golden, unet, text);
            return;
        }
        var loras = golden.Parameters.GetProperty("loras").EnumerateArray()
            .Select(lora => (File: Read(PathOf(golden, lora)), Scale: lora.GetProperty("scale").GetDouble())).ToList();
        try
        {
            TensorChanges Changes(LoraPart part, IWeights basis) => TensorChanges.Together(loras.Select(lora => lora.File.ChangesOf(part, basis, lora.Scale)));
            if (golden.Kind == "adapter-weights") { Weights(golden, [("unet.", unet, Changes(LoraPart.UNet, unet)), ("text_encoder.text_model.", text, Changes(LoraPart.Text, text))]); }
            else if (golden.Kind == "unet-lora")
            {
                Evaluate(golden, unet, Changes(LoraPart.UNet, unet), weights => new UNet2DConditionModel(weights, networks.Config("unet").As<UNet2DConditionOptions>())
                    .Forward(golden.Input("sample"), DiffusersKinds.Time(golden), golden.Input("context")));
            }
            else
            {
                Evaluate(golden, text, Changes(LoraPart.Text, text), weights => new ClipTextModel(weights, networks.Config("text_encoder").As<ClipTextOptions>()).Forward(golden.Input("ids")));
            }
        }
        finally
        {
            foreach (var (file, _) in loras) { file.Dispose(); }
        }
    }

    /// <summary>Every weight that changes, or those that the case names.</summary>
    private static void Weights(GoldenCase golden, IReadOnlyList<(string Prefix, IWeights Basis, TensorChanges Changes)> networks)
    {
        // LyCORIS trains DoRA by rows otherwise than its files' readers compute it, which is what is built here: at strength 1 as PEFT does.
        bool isTrained = golden.Parameter("as")?.GetString() == "trained";
        var expected = golden.Outputs.ToHashSet(StringComparer.Ordinal);
        foreach (var (prefix, basis, changes) in networks)
        {
            using var merged = new MergedWeights(basis, changes);
            foreach (string tensor in changes.Tensors)
            {
                string name = prefix + (tensor.StartsWith("text_model.", StringComparison.Ordinal) ? tensor["text_model.".Length..] : tensor);
                if (!expected.Remove(name))
                {
                    Assert.True(golden.Parameter("only") is not null, $"'{name}' is changed, which it is not in the original.");
                    continue;
                }
                golden.AssertClose(name, isTrained && changes.Take(tensor) is [WeightDecomposition change] && change.Magnitude.shape[0] == basis.Shape(tensor)[0]
                    ? new NormalizedRows(change.Change, change.Magnitude).Of(basis.Read(tensor, ScalarType.Float32)) : merged.Read(tensor, ScalarType.Float32), Tolerance);
            }
        }
        Assert.Empty(expected);
    }

    private static void Evaluate(GoldenCase golden, IWeights basis, TensorChanges changes, Func<FrozenWeights, Tensor> evaluate)
    {
        using var shared = new FrozenWeights(basis, CPU, ScalarType.Float32);
        using var merged = new FrozenWeights(new MergedWeights(basis, changes), CPU, ScalarType.Float32);
        foreach (var weights in new[] { shared.With(changes), merged }) { golden.AssertClose(golden.Outputs.Single(), evaluate(weights), Tolerance); }
        Assert.Empty(changes.NotTaken);
    }

    private static void Refuse(GoldenCase golden, IWeights unet, IWeights text)
    {
        string path = PathOf(golden.Parameters, golden.Folder.Model);
        var error = Assert.Throws<McdmException>(() =>
        {
            using var lora = Read(path);
            _ = lora.ChangesOf(LoraPart.UNet, unet, 1);
            _ = lora.ChangesOf(LoraPart.Text, text, 1);
        });
        Assert.All(golden.Parameters.GetProperty("message_must_contain").EnumerateArray(), part => Assert.Contains(part.GetString()!, error.Message, StringComparison.Ordinal));
    }

    private static string PathOf(GoldenCase golden, JsonElement lora) => PathOf(lora, golden.Folder.ModelOf(lora.GetProperty("golden").GetString()!));

    /// <summary>The file or PEFT's folder that a case names in a folder; where it names none, the only file.</summary>
    private static string PathOf(JsonElement lora, string model) => lora.TryGetProperty("file", out var file) ? Path.Combine(model, file.GetString()!)
        : lora.TryGetProperty("folder", out var part) ? Path.Combine(model, part.GetString()!)
        : Directory.EnumerateFiles(model).Single();

    private static LoraFile Read(string path)
    {
        using var source = LoraSource.Open(path);
        return LoraFile.Read(source, CPU, ScalarType.Float32);
    }
}
