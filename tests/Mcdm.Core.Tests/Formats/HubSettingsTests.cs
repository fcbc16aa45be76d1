using Mcdm.Weights.Hub;
using Xunit;

namespace Mcdm.Core.Tests.Formats;

public sealed class HubSettingsTests
{
    private static HubSettings From(params (string Name, string Value)[] variables) => HubSettings.From(name => variables.FirstOrDefault(variable => variable.Name == name).Value);

    private static string Home(params string[] parts) => Path.GetFullPath(Path.Combine([Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), .. parts]));

    [Fact]
    public void Without_variables_they_are_what_other_programs_take()
    {
        var settings = From();
        Assert.Equal("https", settings.Endpoint.Scheme);
        Assert.Equal(Home(".cache", "huggingface", "hub"), settings.Cache);
        Assert.Null(settings.Token);
        Assert.False(settings.Offline);
    }

    [Fact]
    public void Each_variable_counts()
    {
        var settings = From(("HF_ENDPOINT", "http://mirror.example/hub"), ("HF_TOKEN", " hf_abc\n"), ("HF_HOME", Home("a")), ("HF_HUB_OFFLINE", "1"));
        Assert.Equal(new HubSettings(new Uri("http://mirror.example/hub/"), "hf_abc", Home("a", "hub"), true), settings);
        Assert.Equal(Home("b"), From(("HF_HOME", Home("a")), ("HF_HUB_CACHE", Home("b"))).Cache);
        Assert.Equal(Home("x", "huggingface", "hub"), From(("XDG_CACHE_HOME", Home("x"))).Cache);
        Assert.False(From(("HF_HUB_OFFLINE", "0")).Offline);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("ftp://x")]
    public void An_address_that_is_none_is_refused(string endpoint) => Assert.Equal("HubEndpoint", Assert.Throws<McdmException>(() => From(("HF_ENDPOINT", endpoint))).Id);
}
