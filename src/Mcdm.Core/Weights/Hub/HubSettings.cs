namespace Mcdm.Weights.Hub;

/// <summary>
/// Which hub is asked, as whom, and where its files are kept: what the environment variables of other programs say, so that these share one cache.
/// </summary>
/// <param name="Endpoint">Address of the hub.</param>
/// <param name="Token">Token that is sent to the hub, and to nobody else; null for none.</param>
/// <param name="Cache">Folder of downloaded repositories.</param>
/// <param name="Offline">Whether only what was downloaded may be used.</param>
public sealed record HubSettings(Uri Endpoint, string? Token, string Cache, bool Offline)
{
    private const string UsualEndpoint = "https://huggingface.co";

    /// <summary>From <c>HF_ENDPOINT</c>, <c>HF_TOKEN</c>, <c>HF_HUB_CACHE</c>, <c>HF_HOME</c> and <c>HF_HUB_OFFLINE</c>.</summary>
    /// <param name="variable">Gives the value of a variable; null where it is not set.</param>
    /// <exception cref="McdmException"><c>HubEndpoint</c>: the address is not one of a hub.</exception>
    public static HubSettings From(Func<string, string?> variable)
    {
        string? Value(string name) => variable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
        string endpoint = Value("HF_ENDPOINT") ?? UsualEndpoint;
        if (!Uri.TryCreate(endpoint.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new McdmException("HubEndpoint", ErrorKind.InvalidArgument,
                $"HF_ENDPOINT is '{endpoint}', which is no address of a hub; it begins with https:// or http://.");
        }
        string home = Value("HF_HOME")
            ?? Path.Combine(Value("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "huggingface");
        return new HubSettings(address, Value("HF_TOKEN"), Path.GetFullPath(Value("HF_HUB_CACHE") ?? Path.Combine(home, "hub")),
            Value("HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE");
    }

    /// <inheritdoc/>
    public override string ToString() => Endpoint.Host;
}
