using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Mcdm.Weights.Hub;

/// <summary>
/// Asks a hub of Hugging Face's kind. The token goes to the hub's own address alone: redirects are followed here, and another host is asked without it.
/// </summary>
internal sealed class HubClient(HubSettings settings) : IDisposable
{
    private const int MostRedirects = 8;
    private const long LongestListing = 64 << 20;
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = s_connect,
        AutomaticDecompression = DecompressionMethods.None })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = LongestListing,
    };

    /// <summary>The commit that a revision is, and its files.</summary>
    /// <exception cref="McdmException"><c>HubAccess</c>, <c>HubNotFound</c>, <c>HubUnreachable</c>, <c>HubAnswer</c>.</exception>
    public (string Commit, IReadOnlyList<HubFile> Files) List(HubRepository repository, CancellationToken cancellation)
    {
        try
        {
            using var response = Get(new Uri(settings.Endpoint, $"api/models/{repository.Id}/revision/{Uri.EscapeDataString(repository.Revision)}?blobs=true"),
                null, repository, null, cancellation);
            using var json = JsonDocument.Parse(response.Content.ReadAsByteArrayAsync(cancellation).GetAwaiter().GetResult());
            return Parse(json.RootElement, repository);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Answer(repository, $"its list of files cannot be read ({e.Message.TrimEnd('.')})", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            throw Unreachable(repository, e);
        }
    }

    /// <summary>Asks for a file's bytes.</summary>
    /// <param name="repository">Whose.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="file">The file.</param>
    /// <param name="range">The bytes that are missing; null for all.</param>
    /// <param name="cancellation">Stops the request.</param>
    /// <returns>The answer, with success or <see cref="HttpStatusCode.RequestedRangeNotSatisfiable"/>.</returns>
    /// <exception cref="McdmException"><c>HubAccess</c>, <c>HubNotFound</c>, <c>HubAnswer</c>.</exception>
    /// <exception cref="HttpRequestException">The hub cannot be reached.</exception>
    public HttpResponseMessage Open(HubRepository repository, string commit, HubFile file, RangeHeaderValue? range, CancellationToken cancellation) =>
        Get(Address(repository, commit, file), range, repository, file, cancellation);

    /// <summary>A file with the size and hash that the hub says when it is asked for the file, where its list did not.</summary>
    /// <inheritdoc cref="Open" path="/exception"/>
    public HubFile Described(HubRepository repository, string commit, HubFile file, CancellationToken cancellation)
    {
        if (file is { Size: not null, Hash: not null }) { return file; }
        // The hub's own answer says it, not the place that it sends on to.
        using var request = Request(HttpMethod.Head, Address(repository, commit, file), null);
        using var response = Send(request, cancellation);
        Require(response, repository, file);
        string? Header(string name) => response.Headers.TryGetValues(name, out var values) ? values.First() : null;
        string? tag = (Header("X-Linked-Etag") ?? response.Headers.ETag?.Tag ?? Header("ETag"))?.Trim('"').ToLowerInvariant();
        long? size = long.TryParse(Header("X-Linked-Size"), out long linked) ? linked : (int)response.StatusCode < 300 ? response.Content.Headers.ContentLength
            : null;
        return file with { Size = file.Size ?? size, Hash = file.Hash ?? (tag is not null && HubRepository.IsHash(tag) ? tag : null) };
    }

    /// <summary>The error that the hub is away.</summary>
    public McdmException Unreachable(HubRepository repository, Exception cause) => new("HubUnreachable", ErrorKind.ReadFailed,
        $"The hub {settings} cannot be reached for {repository} ({cause.GetBaseException().Message.TrimEnd('.')}); is there a network, and does "
            + "HF_ENDPOINT name the right hub?", cause);

    /// <summary>The error that the hub says what makes no sense.</summary>
    public McdmException Answer(HubRepository repository, string what, Exception? cause = null) =>
        new("HubAnswer", ErrorKind.InvalidData, $"The hub {settings} gave no usable answer for {repository}: {what}.", cause);

    private Uri Address(HubRepository repository, string commit, HubFile file) =>
        new(settings.Endpoint, $"{repository.Id}/resolve/{commit}/{string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString))}");

    private HttpResponseMessage Get(Uri address, RangeHeaderValue? range, HubRepository repository, HubFile? file, CancellationToken cancellation)
    {
        for (int redirects = 0; redirects <= MostRedirects; redirects++)
        {
            using var request = Request(HttpMethod.Get, address, range);
            var response = Send(request, cancellation);
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            {
                Require(response, repository, file);
                return response;
            }
            using (response)
            {
                var next = response.Headers.Location is { } location ? new Uri(address, location) : throw Answer(repository, "it sends on to nowhere");
                // What was asked for in secret is not fetched in the open.
                if (next.Scheme is not ("http" or "https") || (address.Scheme == "https" && next.Scheme == "http"))
                {
                    throw Answer(repository, $"it sends on to '{next.GetLeftPart(UriPartial.Authority)}', which is not safe");
                }
                address = next;
            }
        }
        throw Answer(repository, $"it sends on more than {MostRedirects} times");
    }

    private HttpRequestMessage Request(HttpMethod method, Uri address, RangeHeaderValue? range)
    {
        var request = new HttpRequestMessage(method, address) { Headers = { Range = range } };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Mcdm", null));
        if (settings.Token is not null && address.GetLeftPart(UriPartial.Authority) == settings.Endpoint.GetLeftPart(UriPartial.Authority))
        {
            // A token with characters that no header may have is refused by the hub, not by an exception here.
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {settings.Token}");
        }
        return request;
    }

    private HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellation) =>
        _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).GetAwaiter().GetResult();

    /// <summary>Refuses what is no success, and disposes the answer then; redirects pass.</summary>
    private void Require(HttpResponseMessage response, HubRepository repository, HubFile? file)
    {
        if (response.IsSuccessStatusCode || (int)response.StatusCode is > 300 and < 400 || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return;
        }
        using (response)
        {
            string what = file is null ? $"repository {repository}" : $"'{file.Path}' of {repository}";
            string code = response.Headers.TryGetValues("X-Error-Code", out var codes) ? codes.First() : "";
            throw (response.StatusCode, code) switch
            {
                (_, "GatedRepo") or (HttpStatusCode.Forbidden, _) =>
                    Refused("HubAccess", $"The hub {settings} does not give {what} to "
                        + (settings.Token is null ? "whoever has no token: ask for access on its page, and set HF_TOKEN."
                            : "the owner of the token in HF_TOKEN: ask for access on its page.")),
                (HttpStatusCode.Unauthorized, _) => Refused("HubAccess", settings.Token is null
                    ? $"The hub {settings} has no {what} for whoever has no token: there is none of this name, or it is private, or access must be asked "
                        + "for; set HF_TOKEN."
                    : $"The hub {settings} does not accept the token in HF_TOKEN for {what}."),
                (HttpStatusCode.NotFound, "RevisionNotFound") =>
                    Refused("HubNotFound", $"Repository {repository.Id} on the hub {settings} has no revision '{repository.Revision}'.", ErrorKind.NotFound),
                (HttpStatusCode.NotFound, _) => Refused("HubNotFound", $"There is no {what} on the hub {settings}.", ErrorKind.NotFound),
                _ => Refused("HubUnreachable",
                    $"The hub {settings} answered {(int)response.StatusCode} ({response.ReasonPhrase}) for {what}; try again later."),
            };
        }
    }

    private static McdmException Refused(string id, string message, ErrorKind kind = ErrorKind.ReadFailed) => new(id, kind, message);

    private (string Commit, IReadOnlyList<HubFile> Files) Parse(JsonElement root, HubRepository repository)
    {
        string commit = root.GetProperty("sha").GetString()!.ToLowerInvariant();
        if (commit.Length != 40 || !HubRepository.IsHash(commit)) { throw Answer(repository, "it names no commit"); }
        var files = new List<HubFile>();
        foreach (var entry in root.GetProperty("siblings").EnumerateArray())
        {
            string path = entry.GetProperty("rfilename").GetString()!;
            // It becomes a path here, which must stay inside its folder.
            if (path.Length == 0 || path.AsSpan().IndexOfAny('\\', ':', '\0') >= 0 || path.Split('/').Any(part => part is "" or "." or ".."))
            {
                throw Answer(repository, $"it lists a file of the name '{path}'");
            }
            var lfs = entry.TryGetProperty("lfs", out var found) && found.ValueKind == JsonValueKind.Object ? found : (JsonElement?)null;
            string? hash = Text(lfs, "sha256") ?? Text(lfs, "oid") ?? (lfs is null ? Text(entry, "blobId") : null);
            long? size = Number(lfs, "size") ?? Number(entry, "size");
            files.Add(new HubFile(path, size, hash is not null && HubRepository.IsHash(hash.ToLowerInvariant()) ? hash.ToLowerInvariant() : null));
        }
        return (commit, files);

        static string? Text(JsonElement? at, string key) => at is { } element && element.TryGetProperty(key, out var value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        static long? Number(JsonElement? at, string key) => at is { } element && element.TryGetProperty(key, out var value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= 0 ? number : null;
    }

    public void Dispose() => _client.Dispose();
}
