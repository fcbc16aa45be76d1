using System.Buffers.Binary;
using System.Text;
using Mcdm.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Formats;

public sealed class SafeTensorsTamperingTests : IDisposable
{
    private const string Good = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_that_the_others_spoil_is_good()
    {
        using var file = SafeTensorsFile.Open(Write(Good, 11));
        Assert.Equal(["a", "b"], file.Names);
    }

    [Fact]
    public void Unknown_fields_and_spaces_are_no_fault()
    {
        using var file = SafeTensorsFile.Open(Write("""{"a" : {"shape":[0], "dtype":"F32", "more":[{"x":1}], "data_offsets":[0,0]}}   """, 0));
        Assert.Equal(["a"], file.Names);
    }

    [Theory]
    // Not the JSON it should be.
    [InlineData("SafeTensorsHeader", "", 0)]
    [InlineData("SafeTensorsHeader", "hello", 0)]
    [InlineData("SafeTensorsHeader", "[]", 0)]
    [InlineData("SafeTensorsHeader", "{}{}", 0)]
    [InlineData("SafeTensorsHeader", "{", 0)]
    [InlineData("SafeTensorsHeader", """{"a":1}""", 0)]
    [InlineData("SafeTensorsHeader", """{"a":{}}""", 0)]
    [InlineData("SafeTensorsHeader", """{"a":{"dtype":"U8","shape":[1]}}""", 1)]
    [InlineData("SafeTensorsHeader", """{"a":{"dtype":"U8","data_offsets":[0,1]}}""", 1)]
    [InlineData("SafeTensorsHeader", """{"a":{"shape":[1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("SafeTensorsHeader", """{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1)]
    // Metadata.
    [InlineData("SafeTensorsMetadata", """{"__metadata__":[]}""", 0)]
    [InlineData("SafeTensorsMetadata", """{"__metadata__":{"a":1}}""", 0)]
    // Twice.
    [InlineData("SafeTensorsDuplicate", """{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0)]
    [InlineData("SafeTensorsDuplicate", """{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0)]
    [InlineData("SafeTensorsDuplicate", """{"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("SafeTensorsDuplicate", """{"__metadata__":{"a":"1","a":"2"}}""", 0)]
    [InlineData("SafeTensorsDuplicate", """{"__metadata__":{},"__metadata__":{}}""", 0)]
    // Types.
    [InlineData("SafeTensorsDtype", """{"a":{"dtype":7,"shape":[1],"data_offsets":[0,1]}}""", 1)]
    // Shapes.
    [InlineData("SafeTensorsShape", """{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("SafeTensorsShape", """{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}""", 1)]
    [InlineData("SafeTensorsShape", """{"a":{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}}""", 1)]
    [InlineData("SafeTensorsShape", """{"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}}""", 1)]
    [InlineData("SafeTensorsShape", """{"a":{"dtype":"U8","shape":null,"data_offsets":[0,1]}}""", 1)]
    [InlineData("SafeTensorsShape", """{"a":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,1]}}""", 1)]
    [InlineData("SafeTensorsShape", """{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0)]
    [InlineData("SafeTensorsShape", """{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}""", 0)]
    [InlineData("SafeTensorsShape", """{"a":{"dtype":"U8","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}""", 0)]
    [InlineData("SafeTensorsSize", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,7]}}""", 7)]
    [InlineData("SafeTensorsSize", """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8)]
    [InlineData("SafeTensorsSize", """{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}""", 8)]
    [InlineData("SafeTensorsSize", """{"a":{"dtype":"F32","shape":[],"data_offsets":[0,0]}}""", 0)]
    [InlineData("SafeTensorsSize", """{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,1]}}""", 1)]
    [InlineData("SafeTensorsSize", """{"a":{"dtype":"F4","shape":[5],"data_offsets":[0,2]}}""", 2)]
    [InlineData("SafeTensorsSize", """{"a":{"dtype":"C64","shape":[2],"data_offsets":[0,8]}}""", 8)]
    // Offsets.
    [InlineData("SafeTensorsOffsets", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}""", 1)]
    [InlineData("SafeTensorsOffsets", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}""", 1)]
    [InlineData("SafeTensorsOffsets", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}""", 1)]
    [InlineData("SafeTensorsOffsets", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}""", 1)]
    [InlineData("SafeTensorsOffsets", """{"a":{"dtype":"U8","shape":[1],"data_offsets":"0,1"}}""", 1)]
    [InlineData("SafeTensorsOffsets", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1e0]}}""", 1)]
    [InlineData("SafeTensorsOverlap", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6)]
    [InlineData("SafeTensorsOverlap", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 4)]
    [InlineData("SafeTensorsOverlap", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}""", 4)]
    [InlineData("SafeTensorsGap", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}}""", 9)]
    [InlineData("SafeTensorsGap", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}}""", 5)]
    [InlineData("SafeTensorsGap", Good, 12)]
    [InlineData("SafeTensorsGap", "{}", 1)]
    [InlineData("SafeTensorsTruncated", Good, 10)]
    [InlineData("SafeTensorsTruncated", Good, 0)]
    [InlineData("SafeTensorsTruncated", """{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}""", 1)]
    public void A_header_that_lies_is_refused(string id, string header, int dataLength) => Refused(id, Write(header, dataLength));

    [Theory]
    [InlineData("F8_E8M0", 3)]
    [InlineData("F4", 2)]
    [InlineData("U16", 6)]
    [InlineData("U32", 12)]
    [InlineData("U64", 24)]
    [InlineData("C64", 24)]
    [InlineData("f32", 12)]
    [InlineData("OF_TOMORROW", 5)]
    public void A_type_that_cannot_be_read_stops_only_its_tensor(string dtype, int bytes)
    {
        using var file = SafeTensorsFile.Open(Write($$$"""{"odd":{"dtype":"{{{dtype}}}","shape":[3],"data_offsets":[0,{{{bytes}}}]},"good":{"dtype":"U8","shape":[2],"data_offsets":[{{{bytes}}},{{{bytes + 2}}}]}}""", bytes + 2));
        Assert.Equal(["odd", "good"], file.Names);
        Assert.Equal([3], file.Shape("odd"));
        file.Read("good").Dispose();
        foreach (var error in new[] { Assert.Throws<McdmException>(() => file.Read("odd")), Assert.Throws<McdmException>(() => file.DataType("odd")) })
        {
            Assert.Equal("SafeTensorsDtype", error.Id);
            Assert.Contains($"'odd' of '{file.Path}' holds {dtype}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void More_dimensions_than_can_be_computed_with_are_refused() => Refused("SafeTensorsShape", Write(
        $$$"""{"a":{"dtype":"U8","shape":[{{{string.Join(',', Enumerable.Repeat(1, 65))}}}],"data_offsets":[0,1]}}""", 1));

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused()
    {
        var path = Write(Good, 11);
        Poke(path, 10, 0xFF);
        Refused("SafeTensorsHeader", path);
    }

    [Theory]
    [InlineData("SafeTensorsHeader", -1)]
    [InlineData("SafeTensorsHeader", 1)]
    [InlineData("SafeTensorsHeader", 11)]
    [InlineData("SafeTensorsTruncated", 12)]
    public void A_header_length_that_is_off_is_refused(string id, int off) => Refused(id, Write(Good, 11, (ulong)(Good.Length + off)));

    [Theory]
    [InlineData("SafeTensorsTruncated", 100_000_000UL)]
    [InlineData("SafeTensorsHeaderLength", 100_000_001UL)]
    [InlineData("SafeTensorsHeaderLength", 1UL << 63)]
    [InlineData("SafeTensorsHeaderLength", ulong.MaxValue)]
    public void A_huge_header_length_is_refused(string id, ulong length) => Refused(id, Write(Good, 11, length));

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        var bytes = File.ReadAllBytes(Write(Good, 11));
        for (var length = 1; length < bytes.Length; length++)
        {
            File.WriteAllBytes(_folder.File("x"), bytes[..length]);
            Refused("SafeTensorsTruncated", _folder.File("x"));
        }
    }

    [Fact]
    public void A_missing_file_a_folder_and_no_path_are_refused()
    {
        Refused("SafeTensorsNotFound", _folder.File("absent"));
        Refused("SafeTensorsNotFound", Path.Combine(_folder.Path, "absent", "x"));
        Refused("SafeTensorsNotAFile", _folder.Path);
        Assert.Equal("SafeTensorsUnreadable", Assert.Throws<McdmException>(() => SafeTensorsFile.Open("")).Id);
    }

    [Fact]
    public void A_refused_file_is_closed_again()
    {
        var path = Write(Good, 10);
        Refused("SafeTensorsTruncated", path);
        using var exclusive = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    [Fact]
    public void A_truth_value_other_than_0_and_1_is_refused()
    {
        var path = Write("""{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}""", 2);
        Poke(path, (int)new FileInfo(path).Length - 1, 2);
        using var file = SafeTensorsFile.Open(path);
        Assert.Equal("SafeTensorsBool", Assert.Throws<McdmException>(() => file.Read("a")).Id);
    }

    [Fact]
    public void A_file_that_shrinks_after_opening_is_noticed()
    {
        if (OperatingSystem.IsWindows()) { return; } // which lets nobody write to it meanwhile
        var path = Write(Good, 11);
        using var file = SafeTensorsFile.Open(path);
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) { stream.SetLength(stream.Length - 1); }
        file.Read("a").Dispose();
        Assert.Equal("SafeTensorsTruncated", Assert.Throws<McdmException>(() => file.Read("b")).Id);
    }

    [Fact]
    public void An_unknown_name_brings_the_nearest()
    {
        SafeTensorsWriter.Write(_folder.File("x"), [("encoder.weight", ones(1)), ("encoder.bias", ones(1)), ("w", ones(1))]);
        using var file = SafeTensorsFile.Open(_folder.File("x"));
        var error = Assert.Throws<McdmException>(() => file.Read("encoder.wieght"));
        Assert.Equal("SafeTensorsUnknownTensor", error.Id);
        Assert.Contains("'encoder.weight'", error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.File("x"), error.Message, StringComparison.Ordinal);
        Assert.Equal("SafeTensorsUnknownTensor", Assert.Throws<McdmException>(() => file.Shape("a")).Id);
        Assert.Equal("SafeTensorsUnknownTensor", Assert.Throws<McdmException>(() => file.DataType("a")).Id);
    }

    private static void Refused(string id, string path)
    {
        var error = Assert.Throws<McdmException>(() => SafeTensorsFile.Open(path));
        Assert.Equal(id, error.Id);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    private string Write(string header, int dataLength, ulong? headerLength = null)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, headerLength ?? (ulong)json.Length);
        File.WriteAllBytes(_folder.File("x"), [.. length, .. json, .. new byte[dataLength]]);
        return _folder.File("x");
    }

    private static void Poke(string path, int offset, byte value)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[offset] = value;
        File.WriteAllBytes(path, bytes);
    }
}
