using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Mcdm.Runtime;

namespace Mcdm.Tests.Runtime;

/// <summary>A package source as NuGet's protocol wants it, on this machine, with made-up packages; it can end a download in the middle.</summary>
internal sealed class PackageServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, byte[]> _packages = [];
    private readonly string _root;

    public PackageServer()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        _root = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        probe.Stop();
        _listener.Prefixes.Add(_root);
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    /// <summary>After so many bytes of a package the connection ends, once.</summary>
    public int? BreakAfter { get; set; }

    /// <summary>First bytes that were asked for, one for each download.</summary>
    public List<long> Ranges { get; } = [];

    /// <summary>A package of given files.</summary>
    public LibTorchPackage Add(string id, params (string Path, byte[] Content)[] files)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in files)
            {
                using var entry = archive.CreateEntry(path, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }
        return AddBytes(id, stream.ToArray());
    }

    /// <summary>A package of given bytes.</summary>
    public LibTorchPackage AddBytes(string id, byte[] bytes)
    {
        _packages[id] = bytes;
        return new LibTorchPackage(id, "2.10.0", Convert.ToBase64String(SHA512.HashData(bytes)));
    }

    /// <summary>The bytes of a package.</summary>
    public byte[] Content(string id) => _packages[id];

    /// <summary>Writes the NuGet.Config that knows this source alone.</summary>
    public void Configure(string folder) => File.WriteAllText(Path.Combine(folder, "NuGet.Config"), $"""
        <configuration>
          <config><add key="globalPackagesFolder" value="{Path.Combine(folder, "restored")}" /></config>
          <packageSources><clear /><add key="made-up" value="{_root}index.json" allowInsecureConnections="true" /></packageSources>
        </configuration>
        """);

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                Answer(context.Request.Url!.AbsolutePath, context);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    private void Answer(string path, HttpListenerContext context)
    {
        string[] parts = path.Trim('/').Split('/');
        if (path == "/index.json") { Send(context, Encoding.UTF8.GetBytes($$"""{"version":"3.0.0","resources":[{"@id":"{{_root}}flat/","@type":"PackageBaseAddress/3.0.0"}]}""")); }
        else if (parts is ["flat", var id, "index.json"] && _packages.ContainsKey(id)) { Send(context, Encoding.UTF8.GetBytes("""{"versions":["2.10.0"]}""")); }
        else if (parts is ["flat", var wanted, "2.10.0", var file] && _packages.TryGetValue(wanted, out byte[]? package) && file.EndsWith(".nupkg", StringComparison.Ordinal)) { SendPackage(context, package); }
        else
        {
            context.Response.StatusCode = 404;
            context.Response.Close();
        }
    }

    private void SendPackage(HttpListenerContext context, byte[] package)
    {
        long from = context.Request.Headers["Range"] is { } range ? long.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture) : 0;
        Ranges.Add(from);
        var rest = package.AsMemory((int)from);
        context.Response.StatusCode = from > 0 ? 206 : 200;
        context.Response.ContentLength64 = rest.Length;
        if (BreakAfter is { } bytes)
        {
            BreakAfter = null;
            context.Response.OutputStream.Write(rest.Span[..bytes]);
            context.Response.OutputStream.Flush();
            context.Response.Abort();
            return;
        }
        context.Response.OutputStream.Write(rest.Span);
        context.Response.Close();
    }

    private static void Send(HttpListenerContext context, byte[] content)
    {
        context.Response.OutputStream.Write(content);
        context.Response.Close();
    }
}
