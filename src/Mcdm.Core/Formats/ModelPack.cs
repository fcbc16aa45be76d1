using System.Security.Cryptography;
using System.Text.Json;
using Mcdm.Experts;
using Mcdm.Modalities;
using Mcdm.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Formats;

/// <summary>
/// The folder in which a model lives: <c>model.json</c>, one safetensors file an expert and, for a text expert,
/// <c>vocabulary.txt</c>.
/// </summary>
public static class ModelPack
{
    /// <summary>The file that makes a folder a model pack.</summary>
    public const string DescriptionFile = "model.json";
    private const string VocabularyFile = "vocabulary.txt";

    /// <summary>Reads a model.</summary>
    /// <param name="folder">The pack's folder.</param>
    /// <param name="device">Where its networks compute.</param>
    /// <param name="precision">The arithmetic they compute in.</param>
    /// <exception cref="McdmException">A file is missing, truncated, tampered with or does not fit the network described.</exception>
    public static Model Read(string folder, Device? device = null, ScalarType precision = ScalarType.Float32)
    {
        Runtime.Engine.Start();
        var description = ReadDescription(folder);
        var experts = new List<Expert>();
        try
        {
            foreach (var expert in description.Experts) { experts.Add(ReadExpert(folder, description, expert, device ?? CPU, precision)); }
            return new Model(description.Name, experts, folder, description.Description, description.Credits);
        }
        catch
        {
            foreach (var expert in experts) { expert.Dispose(); }
            throw;
        }
    }

    /// <summary>Writes a model; every file appears whole or not at all, and model.json last.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Its folder, made where it is missing.</param>
    public static void Write(Model model, string folder) =>
        Write(folder, model.Name, model.Description, model.Credits, model.Space,
            model.Experts.Select(expert => (expert, ModuleWeights.Of(expert.Network))).ToList());

    internal static void Write(string folder, string name, string? description, string? credits, LatentSpace space,
        IReadOnlyList<(Expert Expert, IEnumerable<(string Name, Tensor Tensor)> Weights)> experts)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var described = new List<ExpertDescription>();
            foreach (var (expert, weights) in experts)
            {
                string file = $"{Model.NameOf(expert.Modality)}.safetensors", path = Path.Combine(folder, file);
                using (NewDisposeScope())
                {
                    SafeTensorsWriter.Write(path, weights.Select(weight => (weight.Name, weight.Tensor.is_floating_point() ? weight.Tensor.to(ScalarType.Float16) : weight.Tensor)));
                }
                var text = expert.Encoder as TextConditionEncoder;
                if (text is not null) { AtomicFile.WriteText(Path.Combine(folder, VocabularyFile), string.Join('\n', text.Tokenizer.Vocabulary) + "\n"); }
                described.Add(new ExpertDescription
                {
                    Modality = expert.Modality,
                    Prediction = expert.Prediction,
                    Network = expert.Options,
                    Weights = file,
                    Sha256 = Hash(path),
                    Parts = (expert.Encoder as SegmentEncoder)?.Parts,
                    Vocabulary = text is null ? null : VocabularyFile,
                    Training = expert.Training,
                });
            }
            var pack = new ModelDescription
            {
                Format = ModelDescription.CurrentFormat,
                Name = name,
                Description = description,
                Credits = credits,
                Space = space,
                Experts = described,
            };
            AtomicFile.WriteText(Path.Combine(folder, DescriptionFile), JsonSerializer.Serialize(pack, ModelJson.Options) + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new McdmException("OutputUnwritable", ErrorKind.WriteFailed, $"The model cannot be written to '{folder}': {e.Message}", e);
        }
    }

    /// <summary>The parts that a pack's masks may name, without loading it; none where it has no segment expert.</summary>
    public static IReadOnlyList<Part> ReadParts(string folder) =>
        ReadDescription(folder).Experts.FirstOrDefault(expert => expert.Parts is not null)?.Parts ?? [];

    /// <summary>Tells one state of a model folder from another: the SHA-256 of its description, which holds those of the weights.</summary>
    /// <exception cref="McdmException"><c>ModelNotFound</c>.</exception>
    public static string Stamp(string folder)
    {
        string path = Path.Combine(folder, DescriptionFile);
        return File.Exists(path) ? Hash(path) : throw NoModel(folder);
    }

    private static McdmException NoModel(string folder) => new("ModelNotFound", ErrorKind.NotFound, $"'{folder}' is no model folder: it has no {DescriptionFile}.");

    /// <summary>The pieces of words that a pack's text expert knows, without loading it; none where it has no text expert.</summary>
    public static IReadOnlyList<string> ReadVocabulary(string folder) =>
        ReadDescription(folder).Experts.FirstOrDefault(expert => expert.Vocabulary is not null)?.Vocabulary is { } file ? File.ReadAllLines(PathInside(folder, file)) : [];

    internal static ModelDescription ReadDescription(string folder)
    {
        string path = Path.Combine(folder, DescriptionFile);
        if (!File.Exists(path))
        {
            throw NoModel(folder);
        }
        try
        {
            var description = JsonSerializer.Deserialize<ModelDescription>(File.ReadAllText(path), ModelJson.Options) ?? throw new JsonException("it is null");
            if (description.Format != ModelDescription.CurrentFormat)
            {
                throw new McdmException("ModelFormat", ErrorKind.NotSupported, $"'{path}' has format '{description.Format}'; this version reads '{ModelDescription.CurrentFormat}'.");
            }
            return ModelDescriptionCheck.Problem(description) is { } problem ? throw new JsonException(problem) : description;
        }
        catch (JsonException e)
        {
            throw new McdmException("ModelDescriptionInvalid", ErrorKind.InvalidData, $"'{path}' does not describe a model: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static Expert ReadExpert(string folder, ModelDescription pack, ExpertDescription expert, Device device, ScalarType precision)
    {
        string path = PathInside(folder, expert.Weights);
        using var file = SafeTensorsFile.Open(path);
        if (!Hash(path).Equals(expert.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new McdmException("ModelWeightsChanged", ErrorKind.InvalidData, $"'{path}' is not the file that {DescriptionFile} describes: its SHA-256 differs. Copy the model folder again.");
        }
        // No dispose scope here: it would take the weights of layers that it cannot see along when it ends.
        var network = UNet.Create(expert.Network);
        try
        {
            ModuleWeights.Load(network, file);
            network.to(precision);
            network.to(device);
            network.eval();
            foreach (var parameter in network.parameters()) { parameter.requires_grad_(false); }
            return new Expert(network, expert.Network, pack.Space, expert.Prediction, EncoderOf(folder, pack.Space, expert)) { Training = expert.Training };
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static ConditionEncoder? EncoderOf(string folder, LatentSpace space, ExpertDescription expert) => expert.Modality switch
    {
        null => null,
        Modality.Sketch => new SketchEncoder(space.Width, space.Height),
        Modality.Segment => new SegmentEncoder(expert.Parts!, space.Width, space.Height),
        Modality.Text => new TextConditionEncoder(ReadTokenizer(folder, expert), expert.Network.Text!.MaxTokens),
        _ => throw new McdmException("ModelFormat", ErrorKind.NotSupported, $"'{folder}' has an expert of modality {expert.Modality}, which this version does not know."),
    };

    private static SubwordTokenizer ReadTokenizer(string folder, ExpertDescription expert)
    {
        string path = PathInside(folder, expert.Vocabulary);
        if (!File.Exists(path)) { throw new McdmException("VocabularyNotFound", ErrorKind.NotFound, $"The vocabulary '{path}' is missing. Copy the model folder again."); }
        string[] pieces = File.ReadAllLines(path);
        int expected = expert.Network.Text!.VocabularySize;
        return pieces.Length == expected
            ? new SubwordTokenizer(pieces)
            : throw new McdmException("VocabularyInvalid", ErrorKind.InvalidData, $"The vocabulary '{path}' has {pieces.Length} pieces, but the text expert was trained with {expected}. Copy the model folder again.");
    }

    /// <summary>A file of the pack; a name that leads out of its folder is refused.</summary>
    private static string PathInside(string folder, string? name) => name is not (null or "" or "." or "..") && name == Path.GetFileName(name)
        ? Path.Combine(folder, name)
        : throw new McdmException("ModelDescriptionInvalid", ErrorKind.InvalidData, $"'{Path.Combine(folder, DescriptionFile)}' names the file '{name}'; files lie in the model's own folder.");

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(stream)).ToLowerInvariant();
    }
}
