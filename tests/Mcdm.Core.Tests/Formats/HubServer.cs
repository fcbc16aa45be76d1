using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Mcdm.Core.Tests.Formats;

/// <summary>A request that a server saw.</summary>
internal sealed record SeenRequest(string Method, string Path, long From, string? Authorization);

/// <summary>
/// A hub on this machine with the addresses of Hugging Face's, and, under an address of its own, the place that it sends on to for large files. Each misbehaves as
/// it is told.
/// </summary>
internal sealed class HubServer : IDisposable
{
    private const int LargeFrom = 1000;

    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, byte[]> _files = [];

    public HubServer()
    {
        Root = Free();
        // Another name of this machine is another host.
        Store = Free().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        _listener.Prefixes.Add(Root);
        _listener.Prefixes.Add(Store);
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    /// <summary>Address of the hub.</summary>
    public string Root { get; }

    /// <summary>Address of the place of large files.</summary>
    public string Store { get; }

    public string Repository { get; init; } = "someone/tiny";

    public string Commit { get; set; } = new('a', 40);

    /// <summary>The token that may read; null where everybody may.</summary>
    public string? Token { get; set; }

    /// <summary>Whether access has not been granted to the owner of the token.</summary>
    public bool Gated { get; set; }

    /// <summary>Whether the list of files says their sizes and hashes.</summary>
    public bool ListsHashes { get; set; } = true;

    /// <summary>After so many bytes of a file the connection ends, once.</summary>
    public int? BreakAfter { get; set; }

    /// <summary>Sent in place of a file's bytes.</summary>
    public byte[]? Instead { get; set; }

    /// <summary>Sent in place of the list of files.</summary>
    public string? Listing { get; set; }

    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    /// <summary>Files that were asked for at the hub.</summary>
    public IEnumerable<string> Fetched => Seen.Where(request => request.Method == "GET" && request.Path.Contains("/resolve/", StringComparison.Ordinal)).Select(request => request.Path[(request.Path.IndexOf("/resolve/", StringComparison.Ordinal) + "/resolve/".Length + 41)..]);

    public byte[] Add(string path, byte[] content) => _files[path] = content;

    public byte[] Add(string path, string content) => Add(path, Encoding.UTF8.GetBytes(content));

#pragma warning disable CA5350 // It is git's name of the file, not a protection.
    /// <summary>SHA-256 of a large file, git's blob hash of a small one.</summary>
    public static string HashOf(byte[] content) => Convert.ToHexStringLower(content.Length >= LargeFrom
        ? SHA256.HashData(content)
        : SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350

    public void Dispose() => _listener.Close();

    private static string Free()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                Answer(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        string path = Uri.UnescapeDataString(context.Request.Url!.AbsolutePath).TrimStart('/');
        long from = context.Request.Headers["Range"] is { } range ? long.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture) : 0;
        string? authorization = context.Request.Headers["Authorization"];
        Seen.Enqueue(new SeenRequest(context.Request.HttpMethod, path, from, authorization));
        bool atStore = context.Request.Url.Port == new Uri(Store).Port;
        if (atStore) { Send(context, _files[path["store/".Length..]], from); }
        else if (Gated) { Refuse(context, 403, "GatedRepo"); }
        else if (Token is not null && authorization != $"Bearer {Token}") { Refuse(context, 401, "RepoNotFound"); }
        else if (path.StartsWith($"api/models/{Repository}/revision/", StringComparison.Ordinal)) { List(context, path[$"api/models/{Repository}/revision/".Length..]); }
        else if (path.StartsWith($"{Repository}/resolve/{Commit}/", StringComparison.Ordinal) && _files.TryGetValue(path[$"{Repository}/resolve/{Commit}/".Length..], out byte[]? content)) { Resolve(context, path, content, from); }
        else { Refuse(context, 404, "RepoNotFound"); }
    }

    private void List(HttpListenerContext context, string revision)
    {
        if (revision != "main" && revision != "refs/pr/1" && revision != Commit)
        {
            Refuse(context, 404, "RevisionNotFound");
            return;
        }
        object Described(string path, byte[] content) => !ListsHashes ? new { rfilename = path }
            : content.Length >= LargeFrom ? new { rfilename = path, size = content.Length, blobId = new string('f', 40), lfs = new { sha256 = HashOf(content), size = content.Length, pointerSize = 130 } }
            : new { rfilename = path, size = content.Length, blobId = HashOf(content) };
        Send(context, Encoding.UTF8.GetBytes(Listing ?? JsonSerializer.Serialize(new { id = Repository, sha = Commit, siblings = _files.Select(file => Described(file.Key, file.Value)) })), 0);
    }

    private void Resolve(HttpListenerContext context, string path, byte[] content, long from)
    {
        bool large = content.Length >= LargeFrom;
        context.Response.Headers["X-Repo-Commit"] = Commit;
        context.Response.Headers["ETag"] = $"\"{(large ? new string('e', 40) : HashOf(content))}\"";
        if (!large)
        {
            Send(context, content, from);
            return;
        }
        context.Response.Headers["X-Linked-Etag"] = $"\"{HashOf(content)}\"";
        context.Response.Headers["X-Linked-Size"] = $"{content.Length}";
        context.Response.StatusCode = 302;
        context.Response.Headers["Location"] = $"{Store}store/{path[$"{Repository}/resolve/{Commit}/".Length..]}";
        context.Response.Close();
    }

    private void Send(HttpListenerContext context, byte[] content, long from)
    {
        if (Instead is not null && !context.Request.Url!.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal)) { content = Instead; }
        context.Response.StatusCode = from > 0 ? from < content.Length ? 206 : 416 : 200;
        byte[] rest = content[(int)Math.Min(from, content.Length)..];
        context.Response.ContentLength64 = rest.Length;
        if (context.Request.HttpMethod == "HEAD") { context.Response.Close(); }
        else if (BreakAfter is { } bytes && rest.Length > bytes)
        {
            BreakAfter = null;
            context.Response.OutputStream.Write(rest.AsSpan(0, bytes));
            context.Response.OutputStream.Flush();
            context.Response.Abort();
        }
        else
        {
            context.Response.OutputStream.Write(rest);
            context.Response.Close();
        }
    }

    private static void Refuse(HttpListenerContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["X-Error-Code"] = code;
        context.Response.Close();
    }
}
