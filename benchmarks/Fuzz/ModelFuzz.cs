using System.Diagnostics;

namespace Mcdm.Benchmarks.Fuzz;

/// <summary>Damaged files of models, one after another: each is read or refused with a clear error, soon, and without memory beyond a few times its size.</summary>
internal sealed class ModelFuzz : IDisposable
{
    /// <summary>What a file may take: so many times its size, and so much.</summary>
    private const long MemoryPerByte = 4, MemoryOfSmall = 16 << 20;

    /// <summary>A file that asks for so much is at fault even where it touches none of it; the allocator and the collector ask for less in advance, whatever is read.</summary>
    private const long MostAsked = 512 << 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly IReadOnlyList<ModelSeed> _seeds;
    private readonly Random _random;
    private readonly ModelMutation _mutation;
    private readonly Dictionary<string, string> _pipelines = new(StringComparer.Ordinal);
    private readonly string _folder = Directory.CreateTempSubdirectory("mcdm-fuzz-").FullName;

    public ModelFuzz(IReadOnlyList<ModelSeed> seeds, int seed)
    {
        _seeds = seeds;
        _random = new Random(seed);
        _mutation = new ModelMutation(_random, seeds);
        var byFormat = seeds.GroupBy(file => file.Format).OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        Formats = byFormat.ToDictionary(group => group.Key, _ => new FuzzOutcome());
        // The shards that indices name.
        foreach (var index in seeds.Where(file => file.Format == "index"))
        {
            foreach (string shard in Directory.EnumerateFiles(Path.GetDirectoryName(index.Path)!, "*.safetensors")) { File.Copy(shard, Path.Combine(_folder, Path.GetFileName(shard)), overwrite: true); }
        }
    }

    /// <summary>What happened, by format.</summary>
    public IReadOnlyDictionary<string, FuzzOutcome> Formats { get; }

    /// <summary>Damages and reads some files.</summary>
    /// <param name="count">How many.</param>
    /// <param name="failed">Told of a file that is not as it should be, and why.</param>
    public void Run(int count, Action<string, byte[], string> failed)
    {
        var formats = _seeds.GroupBy(file => file.Format).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => group.ToList()).ToList();
        // What is loaded and compiled once is no file's fault.
        foreach (var seed in _seeds) { Try(seed, seed.Bytes, null, failed); }
        for (int i = 0; i < count; i++)
        {
            var seed = formats[i % formats.Count] is var group ? group[_random.Next(group.Count)] : throw new UnreachableException();
            Try(seed, _mutation.Of(seed), i, failed);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <param name="seed">What the file was.</param>
    /// <param name="bytes">What it is.</param>
    /// <param name="number">Which damaged file it is; null for one that is whole, which does not count.</param>
    /// <param name="failed">Told where it is not as it should be.</param>
    private void Try(ModelSeed seed, byte[] bytes, int? number, Action<string, byte[], string> failed)
    {
        string name = $"{(number is null ? "whole" : number)}-{Path.GetFileName(seed.Path)}", path = seed.Format == "folder" ? InCopy(seed.Path) : Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        long length = seed.Format == "folder" ? Directory.EnumerateFiles(ModelSeeds.PipelineOf(path)!, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length) : bytes.Length;
        var outcome = Formats[seed.Format];
        var attempt = Attempt(seed, path, length);
        // The collector's own needs show in the memory that the process touches, but not twice at the same file.
        if (attempt.MayBeChance) { attempt = Attempt(seed, path, length); }
        if (number is not null) { outcome.Count(attempt.Refusal, attempt.Time, attempt.Memory); }
        if (seed.Format == "folder") { File.WriteAllBytes(path, seed.Bytes); } else { File.Delete(path); }
        if (attempt.Problem is not { } problem) { return; }
        outcome.Failed++;
        failed(name, bytes, problem);
    }

    /// <summary>The same file in a copy of its pipeline.</summary>
    private string InCopy(string path)
    {
        string pipeline = ModelSeeds.PipelineOf(path)!;
        if (!_pipelines.TryGetValue(pipeline, out string? copy))
        {
            _pipelines[pipeline] = copy = Path.Combine(_folder, $"pipeline-{_pipelines.Count}");
            foreach (string file in Directory.EnumerateFiles(pipeline, "*", SearchOption.AllDirectories))
            {
                string target = Path.Combine(copy, Path.GetRelativePath(pipeline, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.WriteAllBytes(target, File.ReadAllBytes(file));
            }
        }
        return Path.Combine(copy, Path.GetRelativePath(pipeline, path));
    }

    private static (string? Problem, bool MayBeChance, McdmException? Refusal, TimeSpan Time, long Memory) Attempt(ModelSeed seed, string path, long length)
    {
        Exception? error = null;
        var clock = Stopwatch.StartNew();
        var (managed, touched, asked) = ProcessMemory.Of(() =>
        {
            try
            {
                ModelReader.Read(seed, path);
            }
            catch (Exception e)
            {
                error = e;
            }
        });
        long memory = Math.Max(managed, touched), allowed = MemoryPerByte * length + MemoryOfSmall;
        bool excess = memory > allowed;
        string? problem = error is not null and not McdmException ? $"{error}"
            : error is { Message.Length: 0 } ? "an error without a message"
            : excess || asked > MostAsked ? $"took {managed:n0} bytes of the collector's memory, touched {touched:n0} of the process's and asked for {asked:n0}, for a file of {length:n0} ({error?.Message})"
            : clock.Elapsed > s_patience ? $"took {clock.Elapsed}"
            : null;
        return (problem, excess && managed <= allowed && asked <= MostAsked, error as McdmException, clock.Elapsed, memory);
    }
}
