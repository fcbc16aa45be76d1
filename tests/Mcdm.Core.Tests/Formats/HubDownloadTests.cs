using Mcdm.Weights.Hub;
using Xunit;

namespace Mcdm.Core.Tests.Formats;

/// <summary>Models from a hub on this machine: into a cache laid out as other programs have it, and never another file than the hub has.</summary>
public sealed class HubDownloadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mcdm hub ").FullName;
    private readonly HubServer _server = new();
    private readonly List<string> _notes = [];

    public HubDownloadTests()
    {
        _server.Add("model_index.json", """{"_class_name": "StableDiffusionPipeline"}""");
        _server.Add("unet/config.json", "{}");
        _server.Add("unet/diffusion_pytorch_model.safetensors", Random(1, 300_000));
        _server.Add("unet/diffusion_pytorch_model.bin", Random(2, 5000));
    }

    private string Cache => Path.Combine(_folder, "hub");

    private string Blobs => Path.Combine(Cache, "models--someone--tiny", "blobs");

    private static byte[] Random(int seed, int count)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private HubSettings Settings(string? token = null, bool offline = false) => new(new Uri(_server.Root), token, Cache, offline);

    private string Save(HubSettings? settings = null, string revision = "main", string[]? include = null, string? variant = null)
    {
        using var download = new HubDownload(settings ?? Settings(), new HubRepository(_server.Repository, revision)) { Include = include ?? [], Variant = variant, Note = _notes.Add };
        return download.Plan(default) is { } plan ? download.Bring(plan, (_, _, _) => { }, default) : download.Offline();
    }

    private static string[] FilesIn(string folder) => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    private McdmException Fails(string id, HubSettings? settings = null, string revision = "main", string[]? include = null)
    {
        var error = Assert.Throws<McdmException>(() => Save(settings, revision, include));
        Assert.Equal(id, error.Id);
        return error;
    }

    [Fact]
    public void The_cache_is_laid_out_as_other_programs_have_it()
    {
        string snapshot = Save();
        Assert.Equal(Path.Combine(Cache, "models--someone--tiny", "snapshots", _server.Commit), snapshot);
        Assert.Equal(["model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors"], FilesIn(snapshot));
        Assert.Equal(_server.Commit, File.ReadAllText(Path.Combine(Cache, "models--someone--tiny", "refs", "main")));
        byte[] weights = Random(1, 300_000);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(snapshot, "unet", "diffusion_pytorch_model.safetensors")));
        Assert.Contains(HubServer.HashOf(weights), Directory.GetFiles(Blobs).Select(Path.GetFileName));
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal($"../../../blobs/{HubServer.HashOf(weights)}", new FileInfo(Path.Combine(snapshot, "unet", "diffusion_pytorch_model.safetensors")).LinkTarget);
            Assert.Equal(3, Directory.GetFiles(Blobs).Length);
        }
    }

    [Fact]
    public void What_is_there_is_not_fetched_again_and_a_new_commit_shares_the_bytes()
    {
        Save();
        int before = _server.Fetched.Count();
        Save();
        Assert.Equal(before, _server.Fetched.Count());
        _server.Commit = new string('b', 40);
        _server.Add("unet/config.json", """{"changed": true}""");
        string snapshot = Save();
        Assert.Equal(["unet/config.json"], _server.Fetched.Skip(before));
        Assert.Equal("""{"changed": true}""", File.ReadAllText(Path.Combine(snapshot, "unet", "config.json")));
        Assert.Equal(3, FilesIn(snapshot).Length);
    }

    [Fact]
    public void Files_of_another_program_are_used()
    {
        if (OperatingSystem.IsWindows()) { return; }
        byte[] weights = Random(1, 300_000);
        Directory.CreateDirectory(Blobs);
        File.WriteAllBytes(Path.Combine(Blobs, HubServer.HashOf(weights)), weights);
        string snapshot = Save();
        Assert.DoesNotContain("unet/diffusion_pytorch_model.safetensors", _server.Fetched);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(snapshot, "unet", "diffusion_pytorch_model.safetensors")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_interrupted_download_goes_on_from_there(bool lists)
    {
        _server.ListsHashes = lists;
        _server.BreakAfter = 200_000;
        Assert.Contains("what has come is kept", Fails("HubDownloadFailed").Message, StringComparison.Ordinal);
        string snapshot = Save();
        var atStore = _server.Seen.Where(request => request.Path.StartsWith("store/", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, atStore.Count);
        Assert.InRange(atStore[1].From, 1, 200_000);
        Assert.Equal(Random(1, 300_000), File.ReadAllBytes(Path.Combine(snapshot, "unet", "diffusion_pytorch_model.safetensors")));
        Assert.DoesNotContain(Directory.GetFiles(Blobs), file => file.EndsWith(".incomplete", StringComparison.Ordinal));
    }

    [Fact]
    public void A_hub_whose_list_says_no_hashes_says_them_with_the_files()
    {
        _server.ListsHashes = false;
        Save();
        Assert.Contains(HubServer.HashOf(Random(1, 300_000)), Directory.GetFiles(Blobs).Select(Path.GetFileName));
    }

    [Fact]
    public void The_token_goes_to_the_hub_and_to_nobody_else()
    {
        _server.Token = "hf_secret";
        Save(Settings("hf_secret"));
        Assert.Contains(_server.Seen, request => request.Path.StartsWith("store/", StringComparison.Ordinal));
        Assert.All(_server.Seen, request => Assert.Equal(request.Path.StartsWith("store/", StringComparison.Ordinal) ? null : "Bearer hf_secret", request.Authorization));
    }

    [Fact]
    public void Without_access_one_sentence_says_what_to_do()
    {
        _server.Token = "hf_secret";
        Assert.Contains("set HF_TOKEN", Fails("HubAccess").Message, StringComparison.Ordinal);
        Assert.Contains("does not accept the token", Fails("HubAccess", Settings("hf_other")).Message, StringComparison.Ordinal);
        _server.Gated = true;
        var gated = Fails("HubAccess", Settings("hf_secret"));
        Assert.Contains("ask for access on its page", gated.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_secret", gated.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repository_or_revision_that_is_not_there_is_named()
    {
        Assert.Contains("no revision 'v9'", Fails("HubNotFound", revision: "v9").Message, StringComparison.Ordinal);
        using var other = new HubDownload(Settings(), new HubRepository("someone/else"));
        Assert.Contains("someone/else", Assert.Throws<McdmException>(() => other.Plan(default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_revision_may_have_slashes_and_a_commit_has_no_reference()
    {
        Save(revision: "refs/pr/1");
        Assert.Equal(_server.Commit, File.ReadAllText(Path.Combine(Cache, "models--someone--tiny", "refs", "refs", "pr", "1")));
        Save(revision: _server.Commit);
        Assert.False(File.Exists(Path.Combine(Cache, "models--someone--tiny", "refs", _server.Commit)));
    }

    [Theory]
    [InlineData(4_000)]
    [InlineData(300_000)]
    public void Other_bytes_than_the_hubs_are_refused_and_not_kept(int count)
    {
        _server.Add("unet/diffusion_pytorch_model.safetensors", Random(1, count));
        Save(include: ["*.json"]);
        _server.Instead = Random(9, count);
        var error = Fails("HubFileDiffers");
        Assert.Contains("SHA-256", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(Blobs).Length);
        _server.Instead = null;
        Save();
    }

    [Fact]
    public void A_small_file_is_held_against_gits_hash()
    {
        _server.Instead = "{ }"u8.ToArray()[..2];
        Assert.Contains("git hash", Fails("HubFileDiffers", include: ["unet/config.json"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_longer_file_than_the_hub_says_is_refused()
    {
        _server.Instead = Random(1, 300_001);
        Assert.Contains("300001 bytes", Fails("HubFileDiffers", include: ["*.safetensors"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pointer_in_place_of_weights_is_refused()
    {
        _server.ListsHashes = false;
        _server.Add("unet/diffusion_pytorch_model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 300000\n");
        Fails("HubPointer", include: ["*.safetensors"]);
        Assert.Empty(Directory.GetFiles(Blobs));
    }

    [Fact]
    public void A_hub_that_is_away_is_an_error_or_what_was_downloaded_with_a_note()
    {
        string snapshot = Save();
        _server.Dispose();
        Assert.Equal(snapshot, Save());
        Assert.Contains("is there a network", Assert.Single(_notes), StringComparison.Ordinal);
        using var other = new HubDownload(Settings(), new HubRepository("someone/else"));
        Assert.Equal("HubUnreachable", Assert.Throws<McdmException>(() => other.Plan(default)).Id);
    }

    [Fact]
    public void Offline_nobody_is_asked()
    {
        Fails("HubOffline", Settings(offline: true));
        string snapshot = Save();
        int before = _server.Seen.Count;
        Assert.Equal(snapshot, Save(Settings(offline: true)));
        Assert.Equal(before, _server.Seen.Count);
        Assert.Empty(_notes);
        Fails("HubNothingFound", Settings(offline: true), include: ["*.onnx"]);
    }

    [Theory]
    [InlineData("../../evil")]
    [InlineData("a/../../b")]
    [InlineData("/etc/evil")]
    [InlineData("a\\\\b")]
    [InlineData("c:evil")]
    public void Names_that_leave_the_folder_are_refused(string path)
    {
        _server.Listing = $$"""{"sha": "{{_server.Commit}}", "siblings": [{"rfilename": "{{path}}"}]}""";
        Assert.Contains("lists a file of the name", Fails("HubAnswer").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("""{"sha": "main", "siblings": []}""")]
    [InlineData("""{"siblings": []}""")]
    public void An_answer_that_is_no_list_is_an_error(string listing)
    {
        _server.Listing = listing;
        Fails("HubAnswer");
    }

    [Theory]
    [InlineData("tiny", "main")]
    [InlineData("a/b/c", "main")]
    [InlineData("../b", "main")]
    [InlineData("a/b--c", "main")]
    [InlineData("a/b", "../x")]
    [InlineData("a/b", "a b")]
    public void Names_that_are_none_are_refused(string id, string revision) =>
        Assert.Equal("HubRepositoryInvalid", Assert.Throws<McdmException>(() => new HubRepository(id, revision)).Id);

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
