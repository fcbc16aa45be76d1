using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Mcdm.Display.Terminal;

/// <summary>The terminal that this process runs in, asked directly: not through the streams, which may be redirected.</summary>
public static partial class ControllingTerminal
{
    private const string Device = "/dev/tty";
    private const int ControlC = 3;
    private const int Now = 0, Interrupt = 2;
    private const short Readable = 1;

    /// <summary>TCIFLUSH.</summary>
    private static readonly int s_inputQueue = OperatingSystem.IsLinux() ? 0 : 1;

    /// <summary>Room for any system's termios, which is only handed back and forth.</summary>
    private const int TermiosSize = 256;

    /// <summary>
    /// Sends a query and reads the reply, with echo and line editing off meanwhile; no byte of the reply stays on the input. Asks nothing
    /// where keys were typed ahead, which would be lost.
    /// </summary>
    /// <param name="query">Escape sequences that the terminal answers.</param>
    /// <param name="isComplete">Whether a reply is all there.</param>
    /// <param name="patience">How long to wait for it.</param>
    /// <returns>What came; null where there is no such terminal, it belongs to another process's foreground, or it could not be asked.</returns>
    public static string? Ask(string query, Predicate<string> isComplete, TimeSpan patience)
    {
        if (OperatingSystem.IsWindows()) { return null; }
        try
        {
            using var stream = new FileStream(Device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            var terminal = stream.SafeFileHandle;
            byte[] before = new byte[TermiosSize], raw = new byte[TermiosSize];
            if (ForegroundGroup(terminal) != ProcessGroup() || GetAttributes(terminal, before) != 0) { return null; }
            before.CopyTo(raw, 0);
            MakeRaw(raw);
            if (SetAttributes(terminal, Now, raw) != 0) { return null; }
            try
            {
                return HasInput(terminal, TimeSpan.Zero) ? null : Exchange(stream, query, isComplete, patience);
            }
            finally
            {
                _ = SetAttributes(terminal, Now, before);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Exchange(FileStream stream, string query, Predicate<string> isComplete, TimeSpan patience)
    {
        var terminal = stream.SafeFileHandle;
        stream.Write(Encoding.ASCII.GetBytes(query));
        var clock = Stopwatch.StartNew();
        var reply = new StringBuilder();
        while (!isComplete(reply.ToString()))
        {
            int next = HasInput(terminal, patience - clock.Elapsed) ? stream.ReadByte() : -1;
            if (next < 0)
            {
                _ = Flush(terminal, s_inputQueue);
                break;
            }
            if (next == ControlC) { _ = Raise(Interrupt); }
            reply.Append((char)next);
        }
        return reply.ToString();
    }

    private static bool HasInput(SafeFileHandle terminal, TimeSpan patience)
    {
        var wait = new PollRequest { Descriptor = (int)terminal.DangerousGetHandle(), Events = Readable };
        return Poll(ref wait, 1, Math.Max(0, (int)patience.TotalMilliseconds)) > 0 && (wait.Returned & Readable) != 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Events, Returned;
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int GetAttributes(SafeFileHandle terminal, byte[] termios);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int SetAttributes(SafeFileHandle terminal, int when, byte[] termios);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void MakeRaw(byte[] termios);

    [LibraryImport("libc", EntryPoint = "tcflush")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Flush(SafeFileHandle terminal, int queue);

    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int ForegroundGroup(SafeFileHandle terminal);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int ProcessGroup();

    [LibraryImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Poll(ref PollRequest request, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "raise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Raise(int signal);
}
