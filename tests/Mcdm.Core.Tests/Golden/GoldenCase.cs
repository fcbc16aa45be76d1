using System.Text.Json;
using Mcdm.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>One case: what goes in and what the original program gave. Shown as <c>folder/id</c>.</summary>
public sealed class GoldenCase(GoldenFolder folder, JsonElement entry)
{
    public GoldenFolder Folder => folder;

    public string Id => entry.GetProperty("id").GetString()!;

    public string Kind => entry.GetProperty("kind").GetString()!;

    public JsonElement Parameters => entry.GetProperty("parameters");

    /// <summary>A parameter; null where it was not given or is null.</summary>
    public JsonElement? Parameter(string name) => Parameters.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>What is expected and is no tensor.</summary>
    public JsonElement Expected => entry.GetProperty("expected");

    public bool HasInput(string role) => entry.GetProperty("inputs").TryGetProperty(role, out _);

    public bool HasOutput(string role) => entry.GetProperty("outputs").TryGetProperty(role, out _);

    public IEnumerable<string> Outputs => entry.GetProperty("outputs").EnumerateObject().Select(output => output.Name);

    public Tensor Input(string role) => Read("inputs", role);

    public Tensor Output(string role) => Read("outputs", role);

    /// <summary>The folder of the model: this folder's own <c>model/</c>, or that of the sibling which the parameter <c>golden</c> names.</summary>
    public string Model => Parameter("golden") is { } sibling ? folder.ModelOf(sibling.GetString()!) : folder.Model;

    /// <summary>Root mean square of the difference ÷ root mean square of what is expected.</summary>
    public void AssertClose(string role, Tensor actual, double tolerance) =>
        AssertWithin(role, actual, tolerance, difference => difference.square().mean().sqrt());

    /// <summary>Largest absolute difference ÷ root mean square of what is expected.</summary>
    public void AssertLargestClose(string role, Tensor actual, double tolerance) => AssertWithin(role, actual, tolerance, difference => difference.abs().max());

    public void AssertEqual(string role, Tensor actual)
    {
        using var expected = Output(role);
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.eq(actual.to(expected.dtype)).all().ToBoolean(), $"'{role}' differs.");
    }

    /// <summary>The same, of what is expected in another form.</summary>
    public void AssertClose(string role, Tensor actual, Tensor expected, double tolerance) =>
        AssertWithin(role, actual, tolerance, difference => difference.square().mean().sqrt(), expected);

    private void AssertWithin(string role, Tensor actual, double tolerance, Func<Tensor, Tensor> measure, Tensor? told = null)
    {
        using var scope = NewDisposeScope();
        var expected = (told ?? Output(role)).to(ScalarType.Float64);
        Assert.Equal(expected.shape, actual.shape);
        double scale = expected.square().mean().sqrt().ToDouble();
        double error = measure(actual.to(ScalarType.Float64) - expected).ToDouble() / (scale == 0 ? 1 : scale);
        Assert.True(error <= tolerance, System.FormattableString.Invariant($"'{role}' differs by {error:g3} of its size; {tolerance:g3} is allowed."));
    }

    private Tensor Read(string group, string role)
    {
        using var file = SafeTensorsFile.Open(System.IO.Path.Combine(folder.Path, "cases.safetensors"));
        return file.Read(entry.GetProperty(group).GetProperty(role).GetString()!);
    }

    public override string ToString() => $"{folder.Name}/{Id}";
}
