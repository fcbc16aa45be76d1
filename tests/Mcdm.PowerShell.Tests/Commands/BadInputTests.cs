using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Mcdm.Modalities;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Damaged files as a user meets them: one clear error each, naming the file; nothing half-written; the rest of a pipeline goes on.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class BadInputTests : TinyModelTests
{
    public BadInputTests(PowerShellEngine engine) : base(engine) => ImportTiny();

    private string In(string name) => Path.Combine(Folder, name);

    private EngineResult Invoke(string script) => Engine.Invoke(script, ("path", Model));

    public static TheoryData<string, string> Pictures => new()
    {
        { "empty", "PictureEmpty" },
        { "text", "PictureNotRecognised" },
        { "truncated", "PictureTruncated" },
        { "enormous", "PictureTooLarge" },
    };

    private void WritePicture(string kind, string path)
    {
        byte[] whole = File.ReadAllBytes(In("face.png"));
        File.WriteAllBytes(path, kind switch
        {
            "empty" => [],
            "text" => "no picture at all"u8.ToArray(),
            "truncated" => whole[..(whole.Length * 2 / 3)],
            _ => BitmapHeader(20_000, 20_000),
        });
    }

    /// <summary>A BMP that says how large it is and has no pixels: it must be refused by its header.</summary>
    private static byte[] BitmapHeader(int width, int height)
    {
        byte[] file = new byte[54];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        file[26] = 1;
        file[28] = 24;
        return file;
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void A_picture_that_cannot_be_used_is_refused_by_every_command_and_stops_no_other(string kind, string id)
    {
        WritePicture(kind, In("bad.png"));
        var conditions = Invoke("New-McdmCondition -Sketch ./bad.png, ./sketch.png");
        Assert.Equal([id], conditions.ErrorIds);
        Assert.Contains("bad.png", conditions.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(Modality.Sketch, conditions.Only<Condition>().Modality);

        var sketches = Invoke("ConvertTo-McdmSketch ./bad.png, ./face.png -Size 16");
        Assert.Equal([id], sketches.ErrorIds);
        sketches.Only<McdmImage>();

        Assert.Equal([id], Invoke("[pscustomobject]@{ Sketch = './bad.png' } | Invoke-McdmSample -Model $tiny -Steps 1").ErrorIds);
        Assert.Equal([id], Invoke("Join-McdmImage ./bad.png, ./face.png").ErrorIds);
    }

    [Theory]
    [InlineData("missing", "SafeTensorsNotFound")]
    [InlineData("truncated", "SafeTensorsTruncated")]
    [InlineData("empty", "WeightsEmpty")]
    [InlineData("header too long", "SafeTensorsHeaderLength")]
    [InlineData("another value", "ModelWeightsChanged")]
    [InlineData("overlap", "SafeTensorsOverlap")]
    [InlineData("not json", "ModelDescriptionInvalid")]
    [InlineData("newer format", "ModelFormat")]
    [InlineData("no vocabulary", "VocabularyNotFound")]
    public void A_damaged_model_folder_is_not_loaded(string damage, string id)
    {
        Invoke("param($path) $tiny | Export-McdmModel ./broken").WithoutErrors();
        string weights = In("broken/sketch.safetensors"), description = In("broken/model.json");
        byte[] bytes = File.ReadAllBytes(weights);
        switch (damage)
        {
            case "missing":
                File.Delete(weights);
                break;
            case "truncated":
                File.WriteAllBytes(weights, bytes[..^100]);
                break;
            case "empty":
                File.WriteAllBytes(weights, []);
                break;
            case "header too long":
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue / 2);
                File.WriteAllBytes(weights, bytes);
                break;
            case "another value":
                bytes[^1] ^= 0x40;
                File.WriteAllBytes(weights, bytes);
                break;
            case "overlap":
                File.WriteAllBytes(weights, WithOverlap(bytes));
                break;
            case "not json":
                File.WriteAllText(description, "{ \"format\": ");
                break;
            case "newer format":
                File.WriteAllText(description, File.ReadAllText(description).Replace("mcdm-model-2", "mcdm-model-9", StringComparison.Ordinal));
                break;
            default:
                File.Delete(In("broken/vocabulary.txt"));
                break;
        }
        var result = Invoke("Import-McdmModel ./broken");
        Assert.Equal([id], result.ErrorIds);
        Assert.Empty(result.Output);
        Assert.Contains("broken", result.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal("Tiny", Invoke("Get-McdmModel").WithoutErrors().Only<Experts.Model>().Name);
    }

    /// <summary>The same file with the second tensor beginning where the first does.</summary>
    private static byte[] WithOverlap(byte[] file)
    {
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        var header = JsonNode.Parse(Encoding.UTF8.GetString(file, 8, length))!.AsObject();
        var second = header.Where(entry => entry.Key != "__metadata__").OrderBy(entry => (long)entry.Value!["data_offsets"]![0]!).ElementAt(1).Value!;
        var offsets = second["data_offsets"]!;
        (offsets[0], offsets[1]) = (0, (long)offsets[1]! - (long)offsets[0]!);
        byte[] text = Encoding.UTF8.GetBytes(header.ToJsonString().PadRight(length));
        byte[] start = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(start, (ulong)text.Length);
        return [.. start, .. text, .. file[(8 + length)..]];
    }

    [Theory]
    [InlineData("Invoke-McdmSample -Model $tiny -Steps 1 -Count 2 | Save-McdmImage ./face.png/out")]
    [InlineData("$tiny | Export-McdmModel ./face.png/model")]
    [InlineData("Import-McdmDataset $data | Start-McdmTraining -ImageSize 16 -Channels 8, 16 -Blocks 1, 1 -Steps 1 -OutputPath ./face.png/run")]
    public void A_folder_that_cannot_be_made_is_one_clear_error(string script)
    {
        byte[] before = File.ReadAllBytes(In("face.png"));
        var result = Engine.Invoke("param($data) " + script, ("data", TinyModel.Data));
        Assert.Equal("OutputUnwritable", Assert.Single(result.ErrorIds.Distinct()));
        Assert.Contains("face.png", result.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(In("face.png")));
        Assert.Equal(["face.png", "mask.png", "sketch.png"], Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName).Order());
    }
}
