using Mcdm.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>
/// A network's trainable parameters as one float32 vector with AdamW's moments and the moving average beside it. One vector makes the
/// update, the clipping, the average and the checkpoint one operation each, and lets the network itself compute in bfloat16. The network's
/// own parameters and gradients become views of two more vectors of the same layout: each parameter as it lies in memory, one after the other.
/// </summary>
internal sealed class MasterWeights : IDisposable
{
    private const double Beta1 = 0.9, Beta2 = 0.99, Epsilon = 1e-8;
    private readonly Parameter[] _parameters;

    /// <summary>What the parameters and their gradients are views of, in the network's precision, [count].</summary>
    private readonly Tensor _values, _gradients;

    /// <param name="network">The network to train; it is converted to <paramref name="precision"/>.</param>
    /// <param name="precision">The arithmetic of the network's own copy of the weights.</param>
    public MasterWeights(nn.Module network, ScalarType precision)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        _parameters = Trainable(network).ToArray();
        Weights = empty(_parameters.Sum(parameter => parameter.numel()), dtype: ScalarType.Float32, device: _parameters[0].device);
        foreach (var (parameter, part) in _parameters.Zip(Parts(Weights))) { part.copy_(parameter); }
        network.to(precision);
        _parameters = Trainable(network).ToArray();
        _values = Weights.to(precision, copy: true);
        _gradients = zeros_like(_values);
        foreach (var ((parameter, value), gradient) in _parameters.Zip(Parts(_values)).Zip(Parts(_gradients)))
        {
            parameter.set_(value);
            parameter.grad = gradient;
        }
        Average = Weights.clone();
        Mean = zeros_like(Weights);
        Variance = zeros_like(Weights);
        foreach (var vector in Vectors) { vector.MoveToOuterDisposeScope(); }
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
        var gradient = _gradients.to(ScalarType.Float32);
        double norm = gradient.norm().ToDouble();
        if (!double.IsFinite(norm))
        {
            throw new McdmException(Trainer.Diverged, ErrorKind.InvalidData,
                Invariant($"The gradient of step {step + 1} is not finite; lower the learning rate (now {options.LearningRateAt(step):g3}) and resume from ")
                + "the last checkpoint.");
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
        _gradients.zero_();
        return norm;
    }

    /// <summary>Copies a vector of the same layout into the network's parameters.</summary>
    public void WriteBack(Tensor vector)
    {
        using var noGradient = no_grad();
        _values.copy_(vector);
    }

    /// <summary>Takes over a vector in which each parameter lies in its dimensions' order: checkpoints had such ones before they said how theirs lie.</summary>
    /// <param name="target">One of <see cref="State"/>.</param>
    /// <param name="vector">Its values, [count].</param>
    public void CopyUnstrided(Tensor target, Tensor vector)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        long offset = 0;
        foreach (var part in Parts(target))
        {
            part.copy_(vector.narrow(0, offset, part.numel()).view(part.shape));
            offset += part.numel();
        }
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

    private IEnumerable<Tensor> Vectors => [Weights, Average, Mean, Variance, _values, _gradients];

    /// <summary>A vector of the same layout as views of the parameters' shapes and strides, in the network's order.</summary>
    private IEnumerable<Tensor> Parts(Tensor vector)
    {
        long offset = 0;
        foreach (var parameter in _parameters)
        {
            yield return vector.as_strided(parameter.shape, parameter.stride(), offset);
            offset += parameter.numel();
        }
    }

    private static IEnumerable<Parameter> Trainable(nn.Module network) => network.parameters().Where(parameter => parameter.requires_grad);

    public void Dispose()
    {
        foreach (var vector in Vectors) { vector.Dispose(); }
    }
}
