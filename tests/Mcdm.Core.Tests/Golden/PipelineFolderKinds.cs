using Mcdm.Families;
using Mcdm.Modalities;
using Mcdm.Registries;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Pipelines of other classes: loaded by their parts, with the ControlNets that lie in them, or refused by name.</summary>
internal sealed class PipelineFolderKinds : IGoldenKind
{
    public IReadOnlyList<string> Kinds => ["load-pipeline", "refuse-pipeline"];

    public void Check(GoldenCase golden)
    {
        string folder = Path.Combine(golden.Model, golden.Parameters.GetProperty("folder").GetString()!);
        var expect = golden.Parameters.GetProperty("expect");
        if (golden.Kind == "refuse-pipeline")
        {
            var error = Assert.Throws<McdmException>(() => ModelReader.Read([folder], new ImportOptions(), CPU, ScalarType.Float32));
            Assert.All(expect.GetProperty("names").EnumerateArray(), name => Assert.Contains(name.GetString()!, error.Message, StringComparison.Ordinal));
            return;
        }
        using var model = ModelReader.Read([folder], new ImportOptions(), CPU, ScalarType.Float32);
        string[] controls = expect.TryGetProperty("controlnets", out var several) ? [.. several.EnumerateArray().Select(one => one.GetString()!)]
            : expect.TryGetProperty("controlnet", out var single) ? [single.GetString()!] : [];
        string[] paths = [golden.Folder.ModelOf(expect.GetProperty("same_as").GetString()!), .. controls.Select(golden.Folder.ModelOf)];
        using var same = ModelReader.Read(paths, new ImportOptions(), CPU, ScalarType.Float32);
        // The fingerprints of all experts' weights.
        Assert.Equal(same.Experts.Select(expert => expert.Sha256), model.Experts.Select(expert => expert.Sha256));
        Assert.Equal(controls.Length, model.Experts.Count(expert => expert.Modality == Modality.Picture));
        Assert.Equal(same.Warnings, model.Warnings);
        Assert.Equal("", string.Join('\n', model.Warnings));
    }
}
