using Mcdm.Experts;
using Mcdm.Families.Own.Experts;
using Mcdm.Families.Own.Networks;
using Mcdm.Families.Own.Packed;
using Mcdm.Files;
using Mcdm.Modalities;
using Mcdm.Weights;
using static TorchSharp.torch;

namespace Mcdm.Families.Own.Files;

/// <summary>
/// The folder in which a model lives: <c>model.json</c>, one safetensors file an expert and, for a text expert,
/// <c>vocabulary.txt</c>.
/// </summary>
public static class ModelPack
{
    /// <summary>The file that makes a folder a model pack.</summary>
    public const string DescriptionFile = "model.json";
    private const string VocabularyFile = "vocabulary.txt";
    private static readonly PackFolder Pack = new("model", DescriptionFile, ModelDescription.CurrentFormat, ModelDescription.FirstFormat);

    /// <summary>Names of the files of a model with one expert.</summary>
    /// <param name="expert">The expert's name.</param>
    /// <param name="hasWords">Whether it has a vocabulary.</param>
    internal static IReadOnlyList<string> Files(string expert, bool hasWords) => hasWords ? [WeightsOf(expert), VocabularyOf(expert), DescriptionFile]
        : [WeightsOf(expert), DescriptionFile];

    private static string WeightsOf(string expert) => $"{ExpertName.Check(expert)}.safetensors";

    private static string VocabularyOf(string expert) => expert == Modality.Text.ExpertName ? VocabularyFile : $"{expert}.{VocabularyFile}";

    /// <summary>Reads a model.</summary>
    /// <param name="folder">The pack's folder.</param>
    /// <param name="device">Where its networks compute.</param>
    /// <param name="precision">The arithmetic they compute in.</param>
    /// <exception cref="McdmException">
    /// A file is missing, truncated, tampered with or does not fit the network described; or the autoencoder is not the one that the experts learnt
    /// latents of.
    /// </exception>
    public static Model Read(string folder, Device? device = null, ScalarType precision = ScalarType.Float32)
    {
        Runtime.Engine.Start();
        return Pack.Settled(folder, () => ReadOnce(folder, device ?? CPU, precision), model => model.Dispose());
    }

    private static Model ReadOnce(string folder, Device device, ScalarType precision)
    {
        var description = ReadDescription(folder);
        var experts = new List<Expert>();
        LatentCodec? codec = null;
        try
        {
            foreach (var expert in description.Experts) { experts.Add(ReadExpert(folder, description, expert, device, precision)); }
            if (description.Space.IsLatent) { codec = SpacePack.Read(folder, device); }
            return new Model(description.Name, experts, folder, description.Description, description.Credits, codec)
            {
                Combiner = description.Combiner,
                Variances = description.Variances is null ? null : VarianceFile.Read(Pack.PathInside(folder, description.Variances)),
                Warnings = description.Calibration is null ? []
                    : [$"'{Path.Combine(folder, DescriptionFile)}' has calibrated weights, which this version passes over (docs/measured.md says why)."],
            };
        }
        catch
        {
            foreach (var expert in experts) { expert.Dispose(); }
            codec?.Dispose();
            throw;
        }
    }

    /// <summary>Reads several models as one that has the experts of all; its name is their names with + between.</summary>
    /// <param name="folders">The packs' folders, at least one.</param>
    /// <param name="device">Where its networks compute.</param>
    /// <param name="precision">The arithmetic they compute in.</param>
    /// <exception cref="McdmException">
    /// As for one folder; or the models do not fit together: <c>SpaceMismatch</c>, <c>ModelExpertTwice</c>.
    /// </exception>
    public static Model Read(IReadOnlyList<string> folders, Device? device = null, ScalarType precision = ScalarType.Float32)
    {
        var models = ModelFamily.ReadEach(folders, folder => Read(folder, device, precision));
        if (models.Count == 1) { return models[0]; }
        try
        {
            return Model.Join(models);
        }
        catch
        {
            foreach (var model in models) { model.Dispose(); }
            throw;
        }
    }

    /// <summary>Writes a model; every file appears whole or not at all, and model.json last.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Its folder, made where it is missing.</param>
    /// <param name="settings">What is another than the model has; null for nothing.</param>
    /// <exception cref="McdmException"><c>ModelImported</c>: others trained some of its experts.</exception>
    public static void Write(Model model, string folder, PackSettings? settings = null) =>
        Write(folder, model.Name, model.Description, model.Credits, model.Space,
            model.Experts.Select(expert => Ours(model, expert)).Select(expert => (expert, ModuleWeights.Of(expert.Network))).ToList(),
                model.Codec as TrainedCodec,
                new PackSettings(settings?.Sentence, settings?.Combiner ?? model.Combiner, settings?.Variances ?? model.Variances));

    private static TrainedExpert Ours(Model model, Expert expert) => expert as TrainedExpert ?? throw new McdmException("ModelImported", ErrorKind.NotSupported,
        $"The {expert.Name} expert of model '{model.Name}' was imported from '{model.Path}', where it stays; a model folder can be written of experts "
            + "alone that Mcdm trained.");

    internal static void Write(string folder, string name, string? description, string? credits, LatentSpace space,
        IReadOnlyList<(TrainedExpert Expert, IEnumerable<(string Name, Tensor Tensor)> Weights)> experts, TrainedCodec? codec = null,
        PackSettings? settings = null) =>
            Pack.Written(folder, files =>
        {
            if (codec is not null) { SpacePack.Write(files, folder, codec); }
            var described = new List<ExpertDescription>();
            foreach (var (expert, weights) in experts)
            {
                string file = WeightsOf(expert.Name);
                string hash = PackFolder.WriteWeights(files.For(Path.Combine(folder, file)), weights);
                var data = expert.Encoder?.Data;
                string? vocabulary = data?.Vocabulary is null ? null : VocabularyOf(expert.Name);
                if (vocabulary is not null) { AtomicFile.WriteText(files.For(Path.Combine(folder, vocabulary)), string.Join('\n', data!.Vocabulary!) + "\n"); }
                described.Add(new ExpertDescription
                {
                    Modality = expert.Modality,
                    Name = expert.Name == Expert.NameOf(expert.Modality) ? null : expert.Name,
                    Prediction = expert.Prediction,
                    Network = expert.Options,
                    Weights = file,
                    Sha256 = hash,
                    Parts = data?.Parts,
                    Vocabulary = vocabulary,
                    Phrases = data?.Phrases is { Count: > 0 } phrases ? phrases : null,
                    Alone = (expert.Modality == Modality.Text ? settings?.Sentence : null)?.Points ?? expert.AloneSchedule?.Points,
                    Training = expert.Training,
                });
            }
            if (settings?.Variances is { } variances) { VarianceFile.Write(files.For(Path.Combine(folder, VarianceFile.Name)), variances); }
            Pack.WriteDescription(files, folder, new ModelDescription
            {
                Format = ModelDescription.CurrentFormat,
                Name = name,
                Description = description,
                Credits = credits,
                Space = space,
                Experts = described,
                Combiner = settings?.Combiner,
                Variances = settings?.Variances is null ? null : VarianceFile.Name,
            });
        });

    /// <summary>The parts that a pack's masks may name, without loading it; none where it has no segment expert.</summary>
    public static IReadOnlyList<Part> ReadParts(string folder) =>
        ReadDescription(folder).Experts.FirstOrDefault(expert => expert.Parts is not null)?.Parts ?? [];

    /// <summary>Tells one state of a model folder from another: the SHA-256 of its description, which holds those of the weights.</summary>
    /// <exception cref="McdmException"><c>ModelNotFound</c>.</exception>
    public static string Stamp(string folder) => Pack.Stamp(folder);

    /// <summary>The pieces of words that a pack's text expert knows, without loading it; none where it has no text expert.</summary>
    public static IReadOnlyList<string> ReadVocabulary(string folder) =>
        ReadDescription(folder).Experts.FirstOrDefault(expert => expert.Vocabulary is not null)?.Vocabulary is { } file
            ? File.ReadAllLines(Pack.PathInside(folder, file)) : [];

    internal static ModelDescription ReadDescription(string folder) =>
        Pack.ReadDescription<ModelDescription>(folder, ModelDescriptionCheck.Problem);

    private static TrainedExpert ReadExpert(string folder, ModelDescription pack, ExpertDescription expert, Device device, ScalarType precision)
    {
        var network = Pack.ReadNetwork(folder, expert.Weights, expert.Sha256, () => UNet.Create(expert.Network), device, precision);
        try
        {
            var encoder = EncoderOf(folder, pack.Space, expert);
            return new TrainedExpert(network, expert.Network, pack.Space, expert.Prediction, encoder, expert.Name, UNetDenoiser.Of)
            {
                Training = expert.Training,
                Sha256 = expert.Sha256,
                AloneSchedule = expert.Alone is { } alone ? new WeightSchedule(alone) : null,
            };
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static ConditionEncoder? EncoderOf(string folder, LatentSpace space, ExpertDescription expert) => expert.Modality?.CreateEncoder(
        new EncoderData
        {
            Parts = expert.Parts,
            Vocabulary = ReadVocabulary(folder, expert),
            Phrases = expert.Phrases,
            MaxTokens = expert.Network.Text?.MaxTokens ?? 0,
        }, space.PictureWidth, space.PictureHeight);

    private static string[]? ReadVocabulary(string folder, ExpertDescription expert)
    {
        if (expert.Network.Text is not { } text) { return null; }
        string path = Pack.PathInside(folder, expert.Vocabulary);
        if (!File.Exists(path))
        {
            throw new McdmException("VocabularyNotFound", ErrorKind.NotFound, $"The vocabulary '{path}' is missing. Copy the model folder again.");
        }
        string[] pieces = File.ReadAllLines(path);
        return pieces.Length == text.VocabularySize ? pieces
            : throw new McdmException("VocabularyInvalid", ErrorKind.InvalidData,
                $"The vocabulary '{path}' has {pieces.Length} pieces, but the {expert.FullName} expert was trained with {text.VocabularySize}. Copy the "
                + "model folder again.");
    }
}
