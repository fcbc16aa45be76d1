using static TorchSharp.torch;

namespace Mcdm.Diffusion.Process;

/// <summary>
/// ε ↔ v ↔ z_0: at a fixed z_t the noise, the velocity <c>v = α ε − σ z_0</c> (Salimans and Ho 2022) and the picture are affine in each other, for any α and σ;
/// where α² + σ² = 1 the divisor of v's is 1.
/// </summary>
public static class PredictionConversion
{
    /// <summary>What a network is to predict.</summary>
    /// <param name="kind">Which of the three.</param>
    /// <param name="z0">Pictures or latents, [batch, channels, height, width].</param>
    /// <param name="noise">ε, of the same shape.</param>
    /// <param name="alpha">α of each row, [batch, 1, 1, 1].</param>
    /// <param name="sigma">σ of each row, of the same shape.</param>
    public static Tensor Target(this PredictionKind kind, Tensor z0, Tensor noise, Tensor alpha, Tensor sigma) => kind switch
    {
        PredictionKind.Noise => noise,
        PredictionKind.Velocity => alpha * noise - sigma * z0,
        PredictionKind.Sample => z0,
        _ => throw Unknown(kind),
    };

    /// <summary>The noise ε that a prediction means.</summary>
    /// <param name="kind">What was predicted.</param>
    /// <param name="prediction">The prediction, of z's shape.</param>
    /// <param name="z">z_t.</param>
    /// <param name="level">t, where there is noise.</param>
    public static Tensor Noise(this PredictionKind kind, Tensor prediction, Tensor z, NoiseLevel level) => kind switch
    {
        PredictionKind.Noise => prediction,
        PredictionKind.Velocity => level.Alpha / Norm(level) * prediction + level.Sigma / Norm(level) * z,
        PredictionKind.Sample => level.NoiseOf(prediction, z),
        _ => throw Unknown(kind),
    };

    /// <summary>The guess of z_0 that a prediction means.</summary>
    /// <param name="kind">What was predicted.</param>
    /// <param name="prediction">The prediction, of z's shape.</param>
    /// <param name="z">z_t.</param>
    /// <param name="level">t; with something of the picture left where noise was predicted.</param>
    public static Tensor Denoised(this PredictionKind kind, Tensor prediction, Tensor z, NoiseLevel level) => kind switch
    {
        PredictionKind.Noise => level.Denoised(prediction, z),
        PredictionKind.Velocity => level.Alpha / Norm(level) * z - level.Sigma / Norm(level) * prediction,
        PredictionKind.Sample => prediction,
        _ => throw Unknown(kind),
    };

    /// <summary>The velocity v that a prediction means.</summary>
    /// <param name="kind">What was predicted.</param>
    /// <param name="prediction">The prediction, of z's shape.</param>
    /// <param name="z">z_t.</param>
    /// <param name="level">t, where there is noise; with something of the picture left where noise was predicted.</param>
    public static Tensor Velocity(this PredictionKind kind, Tensor prediction, Tensor z, NoiseLevel level) => kind switch
    {
        PredictionKind.Noise => (Norm(level) * prediction - level.Sigma * z) / level.Alpha,
        PredictionKind.Velocity => prediction,
        PredictionKind.Sample => (level.Alpha * z - Norm(level) * prediction) / level.Sigma,
        _ => throw Unknown(kind),
    };

    /// <summary>A prediction in another form.</summary>
    /// <param name="from">What was predicted.</param>
    /// <param name="to">What is wanted of it.</param>
    /// <param name="prediction">The prediction, of z's shape.</param>
    /// <param name="z">z_t.</param>
    /// <param name="level">t, where there is noise; with something of the picture left where noise was predicted.</param>
    public static Tensor Convert(this PredictionKind from, PredictionKind to, Tensor prediction, Tensor z, NoiseLevel level) => to switch
    {
        PredictionKind.Noise => from.Noise(prediction, z, level),
        PredictionKind.Velocity => from.Velocity(prediction, z, level),
        PredictionKind.Sample => from.Denoised(prediction, z, level),
        _ => throw Unknown(to),
    };

    /// <summary>‖ε − ε'‖² as a multiple of the squared distance of the predictions that mean ε and ε' at one z_t.</summary>
    /// <param name="kind">What was predicted.</param>
    /// <param name="level">t, where there is noise.</param>
    public static double SquaredNoisePer(this PredictionKind kind, NoiseLevel level) => kind switch
    {
        PredictionKind.Noise => 1,
        PredictionKind.Velocity => Math.Pow(level.Alpha / Norm(level), 2),
        PredictionKind.Sample => Math.Pow(level.Alpha / level.Sigma, 2),
        _ => throw Unknown(kind),
    };

    private static double Norm(NoiseLevel level) => level.Alpha * level.Alpha + level.Sigma * level.Sigma;

    private static InvalidOperationException Unknown(PredictionKind kind) => new($"Unknown prediction {kind}.");
}
