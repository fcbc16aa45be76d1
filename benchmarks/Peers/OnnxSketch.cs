using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace Mcdm.Benchmarks.Peers;

/// <summary>The sketch expert in ONNX Runtime: inputs z, t and sketch, output prediction; float32.</summary>
internal sealed class OnnxSketch : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    public OnnxSketch(string file)
    {
        using var options = new SessionOptions { IntraOpNumThreads = Runtime.Processor.Cores, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        _session = new InferenceSession(file, options);
    }

    /// <summary>The prediction, [rows, 3, side, side] in one run of numbers.</summary>
    /// <param name="z">Noisy pictures, [rows, 3, side, side].</param>
    /// <param name="t">The noise level.</param>
    /// <param name="sketch">[rows, 1, side, side]</param>
    public float[] Run(Tensor z, float t, Tensor sketch)
    {
        using var first = Value(z);
        using var second = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(t, (int)z.shape[0]).ToArray(), [z.shape[0]]);
        using var third = Value(sketch);
        using var outputs = _session.Run(_run, ["z", "t", "sketch"], [first, second, third], ["prediction"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static OrtValue Value(Tensor tensor) => OrtValue.CreateTensorValueFromMemory(tensor.data<float>().ToArray(), tensor.shape);

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }
}
