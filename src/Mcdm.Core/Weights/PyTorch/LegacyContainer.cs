using System.Buffers.Binary;
using static TorchSharp.torch;

namespace Mcdm.Weights.PyTorch;

/// <summary>
/// The form of torch.save before PyTorch 1.6: five pickles in a row (a magic number, a version, the machine, the content, the keys of the
/// storages), then each storage's count of elements and its bytes.
/// </summary>
internal sealed class LegacyContainer : ITorchContainer
{
    private const long Version = 1001;

    private readonly DiskFile _file;
    private readonly Dictionary<string, long> _starts = new(StringComparer.Ordinal);

    public LegacyContainer(DiskFile file, long memory)
    {
        _file = file;
        using var stream = new DiskFilePart(file, 0, file.Length);
        var source = new PickleSource(file.Path, stream);
        var machine = new PickleMachine(source, memory);
        if (machine.Run() is not System.Numerics.BigInteger magic
            || magic != System.Numerics.BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture))
        {
            throw new McdmException("PyTorchFormat", ErrorKind.InvalidData, $"'{file.Path}' is a pickle, but not one that torch.save wrote.");
        }
        if (machine.Run() is not Version) { throw source.Invalid("is of a version that is not known"); }
        if (machine.Run() is PickleDict machineOfOrigin && machineOfOrigin.Find("little_endian") is false)
        {
            throw new McdmException("PyTorchBigEndian", ErrorKind.NotSupported,
                $"'{file.Path}' was saved on a big-endian machine; only little-endian files can be read.");
        }
        machine.Storages.Clear();
        Content = machine.Run();
        ReadPlaces(source, machine);
    }

    public object? Content { get; }

    public void Check(TorchStorage storage, string name)
    {
        if (_starts.ContainsKey(storage.Key)) { return; }
        throw new McdmException("PyTorchStorage", ErrorKind.InvalidData,
            $"The storage '{storage.Key}' of the tensor '{name}' is not in '{_file.Path}'; the file is damaged.");
    }

    public void Fill(Tensor target, TorchStorage storage, long offset) =>
        _file.ReadExactly(target, _starts[storage.Key] + storage.Start * storage.Type.Size + offset);

    private void ReadPlaces(PickleSource source, PickleMachine machine)
    {
        if (machine.Run() is not PickleList { Items: var keys }) { throw source.Invalid("does not say which storages follow"); }
        long at = source.Position;
        var number = new byte[sizeof(long)];
        foreach (object? key in keys)
        {
            string text = key as string ?? $"{key}";
            if (!machine.Storages.TryGetValue(text, out var storage) || storage.Type.Size == 0)
            {
                throw source.Invalid($"says that the storage '{text}' follows, which nothing in it refers to or whose type is not known");
            }
            if (at > _file.Length - number.Length) { throw Cut(); }
            _file.ReadExactly(number, at);
            long count = BinaryPrimitives.ReadInt64LittleEndian(number);
            if (count != storage.Count) { throw source.Invalid($"gives the storage '{text}' {storage.Count} elements, but {count} follow"); }
            at += number.Length;
            if (count > (_file.Length - at) / storage.Type.Size) { throw Cut(); }
            if (!_starts.TryAdd(text, at)) { throw source.Invalid($"names the storage '{text}' twice"); }
            at += count * storage.Type.Size;
        }
    }

    private McdmException Cut() => _file.Truncated("ends before its last tensor; it was cut short");
}
