using System.Net;
using System.Net.Http.Headers;
using static System.FormattableString;

namespace Mcdm.Runtime;

/// <summary>Reads the answer to a request into a file, going on where an earlier try ended.</summary>
internal static class ResumedDownload
{
    private const int BufferSize = 1 << 17;

    /// <summary>Downloads into a file that may hold the beginning already; what has come stays there whatever happens.</summary>
    /// <param name="part">The file, made where it is missing.</param>
    /// <param name="send">
    /// Sends the request with the range that is still missing (null for all) and gives its answer, whose body is not read yet; refuses what is no
    /// success but <see cref="HttpStatusCode.RequestedRangeNotSatisfiable"/>.
    /// </param>
    /// <param name="report">Told how many bytes are there, and of how many (0 where the answer does not say).</param>
    /// <param name="notWritten">The error that the file cannot be written.</param>
    /// <param name="cancellation">Stops between two reads.</param>
    /// <exception cref="HttpRequestException">The connection ended early.</exception>
    /// <exception cref="IOException">The connection failed, or the file is another's.</exception>
    public static void Into(string part, Func<RangeHeaderValue?, HttpResponseMessage> send, Action<long, long> report, Func<IOException, Exception> notWritten,
        CancellationToken cancellation)
    {
        using var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0);
        using var response = send(file.Length > 0 ? new RangeHeaderValue(file.Length, null) : null);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) { return; }
        if (file.Length > 0 && response.StatusCode != HttpStatusCode.PartialContent) { file.SetLength(0); }
        file.Position = file.Length;
        long total = response.Content.Headers.ContentLength is { } length ? file.Length + length : 0;
        using var content = response.Content.ReadAsStream(cancellation);
        byte[] buffer = new byte[BufferSize];
        for (int read; (read = content.ReadAsync(buffer, cancellation).AsTask().GetAwaiter().GetResult()) > 0;)
        {
            Write(() => file.Write(buffer, 0, read));
            report(file.Length, total);
        }
        Write(() => file.Flush(flushToDisk: true));
        if (file.Length < total) { throw new HttpRequestException(Invariant($"the connection ended after {file.Length} of {total} bytes")); }

        void Write(Action write)
        {
            try
            {
                write();
            }
            catch (IOException e)
            {
                throw notWritten(e);
            }
        }
    }
}
