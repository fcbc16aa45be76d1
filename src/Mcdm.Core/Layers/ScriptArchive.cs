using System.IO.Compression;
using System.Text;
using static TorchSharp.torch;

namespace Mcdm.Layers;

/// <summary>
/// Loads a TorchScript class from its text. libtorch reaches operators outside of its main namespace (<c>ops.mkldnn.…</c>) from archives alone, not from text
/// that it compiles, so the text is put into one: a zip of the code and of a module without attributes.
/// </summary>
internal static class ScriptArchive
{
    /// <summary>Loads a class.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="code">Its text and that of the functions beside it, which are called <c>__torch__.function</c>.</param>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch has no such operator, or does not understand the text.</exception>
    public static jit.ScriptModule Load(string name, string code) => jit.load(Bytes(name, code));

    private static byte[] Bytes(string name, string code)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            void Add(string entry, byte[] content)
            {
                using var target = zip.CreateEntry($"{name}/{entry}", CompressionLevel.NoCompression).Open();
                target.Write(content);
            }
            Add("data.pkl", Pickled(name));
            Add("code/__torch__.py", Encoding.ASCII.GetBytes(code));
            Add("constants.pkl", [0x80, 2, (byte)')', (byte)'.']);
            Add("version", "3\n"u8.ToArray());
        }
        return stream.ToArray();
    }

    /// <summary>An object of the class with its one attribute, <c>training = False</c>, in pickle's protocol 2.</summary>
    private static byte[] Pickled(string name) =>
        [0x80, 2, (byte)'c', .. Encoding.ASCII.GetBytes($"__torch__\n{name}\n"), (byte)')', 0x81, (byte)'}', (byte)'(', (byte)'X', 8, 0, 0, 0, .. "training"u8,
            0x89, (byte)'u', (byte)'b', (byte)'.'];
}
