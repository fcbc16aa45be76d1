using System.Security.Cryptography;
using System.Text.Json;
using Mcdm.Files;
using Mcdm.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Mcdm.Weights;

/// <summary>What the folders of all packs have in common: a description as JSON, and weights whose hashes it holds.</summary>
/// <param name="Noun">What such a folder holds, in a word; with a capital it begins the ids of errors.</param>
/// <param name="DescriptionFile">The file that makes a folder one.</param>
/// <param name="Formats">The description's formats that this version reads, the newest first.</param>
internal sealed record PackFolder(string Noun, string DescriptionFile, params string[] Formats)
{
    private const int Attempts = 5;

    /// <summary>How long a description may come after the weights that it describes.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1), s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads and checks the description.</summary>
    /// <param name="folder">The pack's folder.</param>
    /// <param name="problem">What is wrong with a description; null where nothing is.</param>
    public T ReadDescription<T>(string folder, Func<T, string?> problem) where T : class
    {
        string path = Path.Combine(folder, DescriptionFile);
        if (!File.Exists(path)) { throw NotFound(folder); }
        try
        {
            string json = File.ReadAllText(path);
            // The format comes first: of another one, nothing else need make sense here.
            if (ModelJson.FormatOf(json) is not { } format) { throw new JsonException("it names no format"); }
            if (!Formats.Contains(format))
            {
                throw new McdmException(Id("Format"), ErrorKind.NotSupported,
                    $"'{path}' has format '{format}'; this version reads {string.Join(" and ", Formats.Select(known => $"'{known}'"))}.");
            }
            var description = JsonSerializer.Deserialize<T>(json, ModelJson.Options) ?? throw new JsonException("it is null");
            return problem(description) is { } wrong ? throw new JsonException(wrong) : description;
        }
        catch (JsonException e)
        {
            throw new McdmException(Id("DescriptionInvalid"), ErrorKind.InvalidData, $"'{path}' does not describe a {Noun}: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>Writes the description, which is what makes the folder a pack, so it comes last.</summary>
    public void WriteDescription<T>(StagedFiles files, string folder, T description) =>
        AtomicFile.WriteText(files.For(Path.Combine(folder, DescriptionFile)), JsonSerializer.Serialize(description, ModelJson.Options) + "\n");

    /// <summary>
    /// Reads a pack that is perhaps being written: a run saves its model every few minutes. Where the files do not fit together, or another description took
    /// the place of the one that was read, it is read again as soon as all are there.
    /// </summary>
    /// <param name="folder">The pack's folder.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="discard">Frees what was read where it is read again.</param>
    public T Settled<T>(string folder, Func<T> read, Action<T> discard)
    {
        for (int attempt = 1; ; attempt++)
        {
            string before = Stamp(folder);
            try
            {
                var pack = read();
                if (attempt == Attempts || Stamp(folder) == before) { return pack; }
                discard(pack);
            }
            catch (McdmException e) when (attempt < Attempts && (e.Id == Id("WeightsChanged") || e.Id == "VocabularyInvalid") && IsReplaced(folder, before))
            {
                // The next attempt reads what it was replaced by.
            }
        }
    }

    /// <summary>Whether another description takes the place of one, now or in a moment: it comes last.</summary>
    private bool IsReplaced(string folder, string stamp)
    {
        for (var waited = TimeSpan.Zero; waited < s_patience; waited += s_pause)
        {
            if (!File.Exists(Path.Combine(folder, DescriptionFile)) || Stamp(folder) != stamp) { return true; }
            Thread.Sleep(s_pause);
        }
        return false;
    }

    /// <summary>Fills a network, made for the description, that then evaluates only; it is disposed of where that fails.</summary>
    /// <param name="folder">The pack's folder.</param>
    /// <param name="file">Name of the weights' file.</param>
    /// <param name="sha256">The hash that the description says it has.</param>
    /// <param name="make">Makes the network.</param>
    /// <param name="device">Where it is to compute.</param>
    /// <param name="precision">The arithmetic it is to compute in.</param>
    public T ReadNetwork<T>(string folder, string file, string sha256, Func<T> make, Device device, ScalarType precision) where T : nn.Module
    {
        string path = PathInside(folder, file);
        using var weights = SafeTensorsFile.Open(path);
        if (!Hash(path).Equals(sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new McdmException(Id("WeightsChanged"), ErrorKind.InvalidData,
                $"'{path}' is not the file that {DescriptionFile} describes: its SHA-256 differs. Copy the {Noun} folder again.");
        }
        // No dispose scope here: it would take the weights of layers that it cannot see along when it ends.
        var network = make();
        try
        {
            ModuleWeights.Load(network, weights);
            network.to(precision);
            network.to(device);
            network.eval();
            foreach (var parameter in network.parameters()) { parameter.requires_grad_(false); }
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Writes weights in half precision.</summary>
    /// <returns>The file's SHA-256.</returns>
    public static string WriteWeights(string path, IEnumerable<(string Name, Tensor Tensor)> weights)
    {
        using (NewDisposeScope())
        {
            SafeTensorsWriter.Write(path,
                weights.Select(weight => (weight.Name, weight.Tensor.is_floating_point() ? weight.Tensor.to(ScalarType.Float16) : weight.Tensor)));
        }
        return Hash(path);
    }

    /// <summary>
    /// Writes a pack's files, which take their places together at the end; what the file system refuses becomes an error that names the folder.
    /// </summary>
    public void Written(string folder, Action<StagedFiles> write)
    {
        try
        {
            OutputFolder.Create(folder);
            using var files = new StagedFiles();
            write(files);
            files.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new McdmException("OutputUnwritable", ErrorKind.WriteFailed, $"The {Noun} cannot be written to '{folder}': {e.Message}", e);
        }
    }

    /// <summary>A file of the pack; a name that leads out of its folder is refused.</summary>
    public string PathInside(string folder, string? name) => name is not (null or "" or "." or "..") && name == Path.GetFileName(name)
        ? Path.Combine(folder, name)
        : throw new McdmException(Id("DescriptionInvalid"), ErrorKind.InvalidData,
            $"'{Path.Combine(folder, DescriptionFile)}' names the file '{name}'; files lie in the {Noun}'s own folder.");

    /// <summary>Tells one state of a folder from another: the SHA-256 of its description, which holds those of the weights.</summary>
    public string Stamp(string folder)
    {
        string path = Path.Combine(folder, DescriptionFile);
        return File.Exists(path) ? Hash(path) : throw NotFound(folder);
    }

    private McdmException NotFound(string folder) => new(Id("NotFound"), ErrorKind.NotFound, $"'{folder}' is no {Noun} folder: it has no {DescriptionFile}.");

    private string Id(string what) => char.ToUpperInvariant(Noun[0]) + Noun[1..] + what;

    private static string Hash(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        return Convert.ToHexString(SHA256.HashData(stream)).ToLowerInvariant();
    }
}
