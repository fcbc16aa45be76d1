using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Mcdm.Core.Tests.Formats.PyTorch;

/// <summary>Writes pickles by their instructions, and files around them as torch.save does.</summary>
internal sealed class PickleBuilder
{
    private readonly List<byte> _bytes = [0x80, 2];

    public PickleBuilder Op(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleBuilder Op(char instruction) => Op((byte)instruction);

    public PickleBuilder Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return Op('X').Op(length).Op(bytes);
    }

    public PickleBuilder Number(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return Op('J').Op(bytes);
    }

    public PickleBuilder Global(string module, string name) => Op('c').Op(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));

    /// <summary>A dict of what an action writes: keys and values in turn.</summary>
    public PickleBuilder Dict(Action<PickleBuilder> items)
    {
        Op('}').Op('(');
        items(this);
        return Op('u');
    }

    public PickleBuilder Tuple(params int[] numbers)
    {
        Op('(');
        foreach (int number in numbers) { Number(number); }
        return Op('t');
    }

    /// <summary>float32 in the storage of a key.</summary>
    public PickleBuilder Tensor(string key, int stored, int offset, int[] shape, int[] strides, Action<PickleBuilder>? view = null)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op('(');
        Op('(').Text("storage").Global("torch", "FloatStorage").Text(key).Text("cpu").Number(stored);
        view?.Invoke(this);
        Op('t').Op('Q').Number(offset).Tuple(shape).Tuple(strides).Op(0x89);
        return Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');
    }

    /// <summary>A tensor of one dimension with a storage of its own.</summary>
    public PickleBuilder Vector(string key, int length) => Tensor(key, length, 0, [length], [1]);

    public byte[] ToArray() => [.. _bytes, (byte)'.'];

    /// <summary>An archive as today's torch.save writes; storages are 0, 1, 2 ….</summary>
    public void WriteZip(string path, params (string Key, int Count)[] storages) => WriteZip(path, CompressionLevel.NoCompression, storages);

    /// <summary>The same, packed or not.</summary>
    public void WriteZip(string path, CompressionLevel packed, params (string Key, int Count)[] storages)
    {
        using var file = File.Create(path);
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        Add("data.pkl", ToArray());
        Add("byteorder", "little"u8.ToArray());
        foreach (var (key, count) in storages) { Add("data/" + key, Floats(count)); }

        void Add(string name, byte[] content)
        {
            using var entry = zip.CreateEntry("archive/" + name, packed).Open();
            entry.Write(content);
        }
    }

    /// <summary>A file as torch.save wrote before 1.6.</summary>
    public void WriteLegacy(string path, params (string Key, int Count)[] storages)
    {
        byte[] magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];
        var keys = new PickleBuilder().Op(']').Op('(');
        foreach (var (key, _) in storages) { keys.Text(key); }
        List<byte> bytes = [.. magic, .. new PickleBuilder().Number(1001).ToArray(), .. new PickleBuilder().Dict(sys => sys.Text("little_endian").Op(0x88)).ToArray(), .. ToArray(), .. keys.Op('e').ToArray()];
        foreach (var (_, count) in storages) { bytes.AddRange([.. BitConverter.GetBytes((long)count), .. Floats(count)]); }
        File.WriteAllBytes(path, [.. bytes]);
    }

    private static byte[] Floats(int count) => [.. Enumerable.Range(0, count).SelectMany(i => BitConverter.GetBytes((float)(i % 256)))];
}
