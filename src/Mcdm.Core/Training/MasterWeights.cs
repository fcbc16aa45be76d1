using Mcdm.Formats;
using TorchSharp;
using TorchSharp.Modules;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>
/// A network's trainable parameters as one float32 vector with AdamW's moments and the moving average beside it. One vector makes the
/// update, the clipping, the average and the checkpoint one operation each, and lets the network itself compute in bfloat16.
/// </summary>
internal sealed class MasterWeights : IDisposable
{
    private const double Beta1 = 0.9, Beta2 = 0.99, Epsilon = 1e-8;
    private readonly Parameter[] _parameters;

    /// <param name="network">The network to train; it is converted to <paramref name="precision"/>.</param>
    /// <param name="precision">The arithmetic of the network's own copy of the weights.</param>
    public MasterWeights(nn.Module network, ScalarType precision)
    {
        using var _ = no_grad();
        Weights = Flatten(Trainable(network));
        network.to(precision);
        _parameters = Trainable(network).ToArray();
        Average = Weights.clone();
        Mean = zeros_like(Weights);
        Variance = zeros_like(Weights);
    }

    /// <summary>All trainable parameters, float32 [count].</summary>
    public Tensor Weights { get; }

    /// <summary>Their exponential moving average.</summary>
    public Tensor Average { get; }

    /// <summary>AdamW's mean of the gradients.</summary>
    public Tensor Mean { get; }

    /// <summary>AdamW's mean of the squared gradients.</summary>
    public Tensor Variance { get; }

    /// <summary>The vectors with the names they have in a checkpoint.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State =>
        [("weights", Weights), ("average", Average), ("adam.mean", Mean), ("adam.variance", Variance)];

    /// <summary>One step of AdamW (Loshchilov and Hutter 2019) from the parameters' gradients, which are cleared.</summary>
    /// <param name="step">Steps done before this one.</param>
    /// <param name="options">Clipping, decay, moving average.</param>
    /// <returns>Norm of the gradient before clipping.</returns>
    public double Update(int step, TrainingOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var gradient = Flatten(_parameters.Select(p => p.grad ?? zeros_like(p)));
        double norm = gradient.norm().ToDouble();
        if (!double.IsFinite(norm))
        {
            throw new McdmException(Trainer.Diverged, ErrorKind.InvalidData, Invariant($"The gradient of step {step + 1} is not finite; lower the learning rate (now {options.LearningRateAt(step):g3}) and resume from the last checkpoint."));
        }
        if (norm > options.GradientClip) { gradient.mul_(options.GradientClip / norm); }

        double rate = options.LearningRateAt(step);
        Mean.lerp_(gradient, 1 - Beta1);
        Variance.mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
        double meanBias = 1 - Math.Pow(Beta1, step + 1), varianceBias = 1 - Math.Pow(Beta2, step + 1);
        var deviation = Variance.sqrt().div_(Math.Sqrt(varianceBias)).add_(Epsilon);
        Weights.mul_(1 - rate * options.WeightDecay).addcdiv_(Mean, deviation, -rate / meanBias);

        double decay = Math.Min(options.EmaDecay, (1.0 + step) / (10.0 + step));
        Average.lerp_(Weights, 1 - decay);
        WriteBack(Weights);
        foreach (var parameter in _parameters) { parameter.grad?.zero_(); }
        return norm;
    }

    /// <summary>Copies a vector of the same layout into the network's parameters.</summary>
    public void WriteBack(Tensor vector)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (parameter, part) in _parameters.Zip(Parts(vector))) { parameter.copy_(part); }
    }

    /// <summary>The moving average's values under the network's names; what is not trained has the values that it has.</summary>
    /// <param name="network">The network that this was made of.</param>
    public IEnumerable<(string Name, Tensor Tensor)> Averages(nn.Module network)
    {
        var averages = Parts(Average).GetEnumerator();
        foreach (var (name, tensor) in ModuleWeights.Of(network))
        {
            yield return (name, tensor.requires_grad && averages.MoveNext() ? averages.Current : tensor);
        }
    }

    /// <summary>A vector of the same layout as views of the parameters' shapes, in the network's order.</summary>
    private IEnumerable<Tensor> Parts(Tensor vector)
    {
        long offset = 0;
        foreach (var parameter in _parameters)
        {
            long count = parameter.numel();
            yield return vector.narrow(0, offset, count).view(parameter.shape);
            offset += count;
        }
    }

    private static IEnumerable<Parameter> Trainable(nn.Module network) => network.parameters().Where(parameter => parameter.requires_grad);

    private static Tensor Flatten(IEnumerable<Tensor> tensors) =>
        cat(tensors.Select(t => t.detach().to(ScalarType.Float32).reshape(-1)).ToArray());

    public void Dispose()
    {
        foreach (var (_, tensor) in State) { tensor.Dispose(); }
    }
}
