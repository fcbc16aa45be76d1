using Mcdm.Weights.Reading;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Files whose numbers are stored in few bits: read and widened, or refused.</summary>
internal sealed class StorageKinds : IGoldenKind
{
    private const double Tolerance = 1e-6;

    public IReadOnlyList<string> Kinds => ["load-weights", "refuse-weights"];

    public void Check(GoldenCase golden)
    {
        string path = Path.Combine(golden.Model, golden.Parameters.GetProperty("file").GetString()!);
        if (golden.Kind == "refuse-weights")
        {
            Refuse(golden, path);
            return;
        }
        try
        {
            using var file = WeightFile.Open(path);
            foreach (string name in golden.Outputs) { Compare(golden, name, file.Read(name)); }
        }
        catch (McdmException) when (golden.Parameter("may_be_refused")?.GetBoolean() == true)
        {
            // Refused by name, as it may be.
        }
    }

    private static void Compare(GoldenCase golden, string name, Tensor read)
    {
        using var expected = golden.Output(name);
        if (!expected.is_floating_point()) { golden.AssertEqual(name, read); return; }
        // Where all programs agree bit for bit the README says so; a fused multiplication rounds others otherwise.
        Assert.True(expected.isnan().eq(read.isnan()).all().ToBoolean(), $"'{name}' has others that are not numbers.");
        Assert.True(expected.isfinite().eq(read.isfinite()).all().ToBoolean(), $"'{name}' has others that are not finite.");
        golden.AssertClose(name, read.nan_to_num(0, 1, -1), expected.nan_to_num(0, 1, -1), Tolerance);
    }

    private static void Refuse(GoldenCase golden, string path)
    {
        McdmException? error = null;
        try
        {
            using var file = WeightFile.Open(path);
            foreach (string name in file.Names) { file.Read(name).Dispose(); }
        }
        catch (McdmException e)
        {
            error = e;
        }
        if (error is null) { Assert.True(golden.Parameter("may_be_read")?.GetBoolean() == true, "It was read."); }
        else { Assert.All(golden.Parameters.GetProperty("message_must_contain").EnumerateArray(), part => Assert.Contains(part.GetString()!, error.Message, StringComparison.Ordinal)); }
    }
}
