using System.Globalization;
using Mcdm.Diffusion.Process;
using Mcdm.Families.Shared;
using Mcdm.Weights;

namespace Mcdm.Families.StableDiffusion.Files;

/// <summary>
/// What a single file says of itself beside its weights: by empty tensors that other programs put into it (<c>v_pred</c>, <c>ztsnr</c>), by the header of a
/// safetensors file (<c>modelspec.*</c>; <c>ss_*</c> of a trainer), and by its shape. What stands first is believed, and what contradicts it is told.
/// </summary>
/// <param name="Prediction">What the U-Net predicts; null where nothing says it.</param>
/// <param name="ZeroTerminalSnr">Whether its last level is noise alone.</param>
/// <param name="Side">Side of the pictures that it was trained with; null where nothing says it.</param>
/// <param name="Warnings">What contradicts, and what is not read, in a sentence each.</param>
internal sealed record CheckpointMarks(PredictionKind? Prediction, bool ZeroTerminalSnr, int? Side, IReadOnlyList<string> Warnings)
{
    private const string VelocityTensor = "v_pred", ZeroTensor = "ztsnr", Architecture = "modelspec.architecture", Trainer = "ss_base_model_version";
    private const string ZeroOfTrainer = "ss_zero_terminal_snr";
    private const int InpaintChannels = 9, Granularity = 8;

    /// <summary>The tensors that are marks and no weights.</summary>
    public static IReadOnlySet<string> Tensors { get; } = new HashSet<string>(StringComparer.Ordinal) { VelocityTensor, ZeroTensor };

    /// <summary>Reads them.</summary>
    /// <param name="file">The file.</param>
    /// <param name="version">The version of Stable Diffusion whose shape the U-Net has.</param>
    /// <param name="channels">Channels that it reads.</param>
    /// <param name="hints">What the user and a YAML say, which go before all of these.</param>
    /// <exception cref="McdmException"><c>CheckpointPrediction</c>: the file says that it predicts what is not implemented.</exception>
    public static CheckpointMarks Read(IWeights file, StableDiffusionVersion version, int channels, SingleFileHints hints)
    {
        var warnings = FileMetadata.Warnings(file).ToList();
        var said = new List<(string By, PredictionKind Kind)>();
        if (hints.Prediction is { } told) { said.Add((hints.PredictionBy, told)); }
        if (file.Names.Contains(VelocityTensor)) { said.Add(($"the tensor '{VelocityTensor}'", PredictionKind.Velocity)); }
        foreach (string key in new[] { "modelspec.prediction_type", "modelspec.predict_key" })
        {
            if (Value(key) is not { } text) { continue; }
            said.Add(($"{key} '{text}'", KindOf(text) ?? hints.Prediction ?? throw Unknown(key, text)));
        }
        if (Value(Architecture) is { } architecture)
        {
            string model = architecture.Split('/')[0];
            if (model.EndsWith("-v", StringComparison.Ordinal)) { said.Add(($"{Architecture} '{architecture}'", PredictionKind.Velocity)); }
            if (!model.StartsWith(version.Architecture, StringComparison.Ordinal)) { Contradicts(Architecture, architecture); }
        }
        bool isSecond = version == StableDiffusionVersion.Two;
        if (Value(Trainer) is { } trained)
        {
            bool velocity = trained.EndsWith("_v", StringComparison.Ordinal);
            // Of Stable Diffusion 1 it does not say so.
            if (velocity || trained == "sd_v2") { said.Add(($"{Trainer} '{trained}'", velocity ? PredictionKind.Velocity : PredictionKind.Noise)); }
            if (!trained.StartsWith(version.Trainer, StringComparison.Ordinal)) { Contradicts(Trainer, trained); }
        }
        if (Value("ss_v2") is { } second && IsTrue(second) != isSecond) { Contradicts("ss_v2", second); }
        PredictionKind? prediction = said.Count > 0 ? said[0].Kind : channels == InpaintChannels || !isSecond ? PredictionKind.Noise : null;
        foreach (var (by, kind) in said.Where(other => other.Kind != prediction))
        {
            warnings.Add($"'{file.Path}' contradicts itself: by {said[0].By} its U-Net predicts {NameOf(said[0].Kind)}, by {by} {NameOf(kind)}; "
                + $"{NameOf(said[0].Kind)} is taken (-Prediction chooses).");
        }
        return new CheckpointMarks(prediction, Zero(), SideOf(Value("modelspec.resolution")), warnings);

        string? Value(string key) => file.Metadata.GetValueOrDefault(key)?.Trim() is { Length: > 0 } text ? text : null;

        void Contradicts(string key, string value) => warnings.Add(
            $"'{file.Path}' says {key} '{value}', but its U-Net is one of {version.Name}; it is read as that.");

        bool Zero()
        {
            bool says = file.Names.Contains(ZeroTensor) || (Value(ZeroOfTrainer) is { } zero && IsTrue(zero));
            if (!says || prediction is not PredictionKind.Noise) { return says; }
            string by = file.Names.Contains(ZeroTensor) ? $"the tensor '{ZeroTensor}'" : ZeroOfTrainer;
            warnings.Add($"'{file.Path}' says that its last level is noise alone ({by}), "
                + "where ε says nothing of the picture: its schedule is left as the published models' (-Prediction Velocity, if it predicts v).");
            return false;
        }

        McdmException Unknown(string key, string text) => new("CheckpointPrediction", ErrorKind.NotSupported,
            $"'{file.Path}' says {key} '{text}', which Mcdm does not implement (epsilon and v); -Prediction says otherwise.");
    }

    private static PredictionKind? KindOf(string text) => text.ToLowerInvariant() switch
    {
        "epsilon" or "eps" => PredictionKind.Noise,
        "v" or "v_prediction" or "v-prediction" or "velocity" => PredictionKind.Velocity,
        _ => null,
    };

    private static string NameOf(PredictionKind kind) => kind switch { PredictionKind.Noise => "ε", PredictionKind.Velocity => "v", _ => "the picture" };

    private static bool IsTrue(string text) => text is "True" or "true" or "1";

    /// <summary>The shorter side of <c>512x768</c>; null for what is none.</summary>
    private static int? SideOf(string? resolution)
    {
        var sides = resolution?.Split('x', 'X').Select(side =>
            int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0).ToList();
        return sides is [> 0 and <= 4096, _] or [> 0 and <= 4096] && sides.Min() is > 0 and var least && least % Granularity == 0 ? least : null;
    }
}
