using System.Text.Json;
using Mcdm.Families.Adm;
using Mcdm.Families.PixelDdpm;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Layers.Clip;
using Mcdm.Weights.Reading;
using Xunit;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>Every key of every configuration, header and single file of the golden models and of the reported inputs is read, known to be harmless, or told.</summary>
public sealed class UnreadKeyTests
{
    private static readonly string[] s_roots = [Path.Combine(Checkout.Folder, "tests", "golden"), Checkout.Shared("checkpoints", "golden"), Checkout.Shared("checkpoints", "golden3"), Checkout.Shared("bugs3")];

    /// <summary>Files that say what is not read, on purpose.</summary>
    private static readonly string[] s_told =
    [
        // A process of another kind; a letter that is missing.
        "scheduler-flow-matching/scheduler/scheduler_config.json", "adm-model-json-typo/model.json",
    ];

    [Fact]
    public void Nothing_is_passed_over_without_a_word()
    {
        var (told, walked) = (new List<string>(), 0);
        foreach (string root in s_roots.Where(Directory.Exists))
        {
            foreach (string file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                if (Read(file) is not { } sentences) { continue; }
                walked++;
                string shown = Path.GetRelativePath(root, file).Replace('\\', '/');
                if (!s_told.Contains(shown)) { told.AddRange(sentences.Select(sentence => $"{shown}: {sentence}")); }
                else { Assert.NotEmpty(sentences); }
            }
        }
        Assert.Equal("", string.Join('\n', told));
        Assert.InRange(walked, 20, int.MaxValue);
    }

    /// <summary>What a file's reader says that it did not read; null for a file of no reader's.</summary>
    private static IReadOnlyList<string>? Read(string file)
    {
        try
        {
            return Path.GetFileName(file) switch
            {
                "cases.safetensors" or "cases.json" => null,
                SchedulerConfig.FileName => SchedulerConfig.Read(file).Warnings,
                "config.json" => OfNetwork(JsonConfig.Read(file)),
                "model_index.json" => [.. DiffusersPipeline.At(Path.GetDirectoryName(file)!)!.Warnings],
                "tokenizer_config.json" => OfTokenizer(Path.GetDirectoryName(file)!),
                AdmConfig.FileName => OfAdm(JsonConfig.Read(file)),
                var name when name.EndsWith(".yaml", StringComparison.Ordinal) => LdmConfig.Read(file).Warnings,
                var name when Path.GetExtension(name) is ".safetensors" or ".ckpt" or ".pth" or ".pt" or ".bin" => OfWeights(file),
                _ => null,
            };
        }
        // What is refused by name is not passed over.
        catch (McdmException e) when (e.Id is not "ConfigKeyUnknown")
        {
            return null;
        }
        catch (McdmException e)
        {
            return [e.Message];
        }
    }

    private static IReadOnlyList<string>? OfNetwork(JsonConfig config)
    {
        string name = config.ClassName ?? (config.Value("architectures") is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 ? list[0].GetString()! : "");
        switch (name)
        {
            case nameof(UNet2DConditionModel): config.As<UNet2DConditionOptions>(); break;
            case nameof(ControlNetModel): config.As<ControlNetOptions>(); break;
            case nameof(AutoencoderKL): config.As<AutoencoderKLOptions>(); break;
            case nameof(UNet2DModel): config.As<UNet2DOptions>(); break;
            case "CLIPTextModel": config.As<ClipTextOptions>(); break;
            default: return null;
        }
        return [.. UnreadKeys.Warnings(config, name)];
    }

    private static List<string> OfTokenizer(string folder)
    {
        var warnings = new List<string>();
        ClipTokenizerFiles.Read(folder, warnings: warnings);
        return warnings;
    }

    private static IReadOnlyList<string>? OfAdm(JsonConfig config)
    {
        if (config.Get("family", "adm") == "farl-text") { return null; }
        AdmConfig.Read(config);
        return [];
    }

    private static IReadOnlyList<string> OfWeights(string file)
    {
        using var weights = WeightFile.Open(file);
        var header = FileMetadata.Warnings(weights, LoraMetadata.Plain).ToList();
        if (!SingleFile.Recognizes(weights.Names)) { return header; }
        try
        {
            return [.. header, .. new SingleFile(weights, new SingleFileHints { Heads = [2], Groups = 2, AutoencoderGroups = 2, TextHeads = [4] }).Warnings];
        }
        catch (McdmException e) when (e.Id is "ShapeUnknown")
        {
            return header;
        }
    }
}
