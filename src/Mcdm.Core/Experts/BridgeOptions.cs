namespace Mcdm.Experts;

/// <summary>How experts of one space act in another (<see cref="Bridge"/>). The usual values were found on faces (docs/spaces.md).</summary>
public sealed record BridgeOptions
{
    /// <summary>
    /// c, in nats: by how much the log of the signal-to-noise ratio is lower for the other model. The guess of z_0 that it is shown is blurred where there is
    /// much noise, and more noise hides that.
    /// </summary>
    public double MoreNoise { get; init; } = 1;

    /// <summary>Log of the signal-to-noise ratio, in nats, from which on the other model gives nothing: it would only add grain.</summary>
    public double End { get; init; } = 1.27;

    /// <summary>By what what it asks for is multiplied where a condition's weight is 1: at the noisier level it asks for less.</summary>
    public double Strength { get; init; } = 1.5;

    /// <summary>
    /// How often the noisy view is corrected before conditions are asked, at one evaluation of the other model's ε_u each: until the other model, too, guesses
    /// what it was made of. Without it the noise pushes pictures about, and the other model asks again at every level for what it has been given.
    /// </summary>
    public int Corrections { get; init; } = 2;

    /// <inheritdoc/>
    public override string ToString() => FormattableString
        .Invariant($"{MoreNoise} nats more noise, to a log-SNR of {End}, at strength {Strength}, corrected {Corrections} times");

    /// <summary>Settings that mean nothing are refused.</summary>
    /// <exception cref="McdmException"><c>BridgeOptionsInvalid</c>.</exception>
    public void Check()
    {
        if (!double.IsFinite(MoreNoise) || !double.IsFinite(Strength) || double.IsNaN(End) || Corrections < 0)
        {
            throw new McdmException("BridgeOptionsInvalid", ErrorKind.InvalidArgument,
                FormattableString.Invariant($"The numbers of a bridge are finite, not {MoreNoise}, {End} and {Strength}, and it corrects 0 times or more, ")
                    + FormattableString.Invariant($"not {Corrections}."));
        }
    }
}
