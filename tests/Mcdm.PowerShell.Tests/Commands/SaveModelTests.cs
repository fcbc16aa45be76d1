using Mcdm.Core.Tests.Formats;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Save-McdmModel, against a hub on this machine.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class SaveModelTests : IDisposable
{
    private readonly PowerShellEngine _engine;
    private readonly HubServer _server = new();

    public SaveModelTests(PowerShellEngine engine)
    {
        _engine = engine;
        string folder = engine.Reset();
        _server.Add("config.json", "{}");
        _server.Add("diffusion_pytorch_model.safetensors", new byte[5000]);
        _server.Add("diffusion_pytorch_model.bin", new byte[6000]);
        Set("HF_ENDPOINT", _server.Root);
        Set("HF_HUB_CACHE", Path.Combine(folder, "hub"));
        Set("HF_TOKEN", null);
    }

    private static void Set(string variable, string? value) => Environment.SetEnvironmentVariable(variable, value);

    [Fact]
    public void A_repository_becomes_a_folder_that_can_be_piped_on()
    {
        var folder = _engine.Invoke("'someone/tiny' | Save-McdmModel").WithoutErrors().Only<DirectoryInfo>();
        Assert.Equal(_server.Commit, folder.Name);
        Assert.Equal(["config.json", "diffusion_pytorch_model.safetensors"], folder.EnumerateFiles().Select(file => file.Name).Order());
        Assert.Equal(folder.FullName, _engine.Invoke("Save-McdmModel someone/tiny -Include *.json -Revision main | ForEach-Object PSPath | Convert-Path").WithoutErrors().Only<string>());
    }

    [Fact]
    public void WhatIf_says_how_much_would_come_and_fetches_nothing()
    {
        var result = _engine.Invoke("Save-McdmModel someone/tiny -WhatIf").WithoutErrors();
        Assert.Empty(result.Output);
        Assert.Contains(result.HostLines, line => line.Contains("Download 2 of 2 files", StringComparison.Ordinal));
        Assert.Empty(_server.Fetched);
    }

    [Fact]
    public void One_that_fails_does_not_stop_the_others()
    {
        var result = _engine.Invoke("Save-McdmModel someone/else, nothing, someone/tiny");
        Assert.Equal(["HubNotFound", "HubRepositoryInvalid"], result.ErrorIds);
        Assert.Equal(_server.Commit, result.Only<DirectoryInfo>().Name);
    }

    [Fact]
    public void A_hub_that_is_away_is_a_warning_where_the_model_is_there()
    {
        _engine.Invoke("Save-McdmModel someone/tiny").WithoutErrors();
        _server.Dispose();
        var result = _engine.Invoke("Save-McdmModel someone/tiny").WithoutErrors();
        Assert.Contains("downloaded before", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(["HubUnreachable"], _engine.Invoke("Save-McdmModel someone/else").ErrorIds);
    }

    [Fact]
    public void The_token_comes_from_the_environment()
    {
        _server.Token = "hf_secret";
        Assert.Equal(["HubAccess"], _engine.Invoke("Save-McdmModel someone/tiny").ErrorIds);
        Set("HF_TOKEN", "hf_secret");
        _engine.Invoke("Save-McdmModel someone/tiny").WithoutErrors().Only<DirectoryInfo>();
    }

    public void Dispose()
    {
        _server.Dispose();
        foreach (string variable in new[] { "HF_ENDPOINT", "HF_HUB_CACHE", "HF_TOKEN" }) { Set(variable, null); }
    }
}
