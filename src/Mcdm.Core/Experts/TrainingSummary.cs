namespace Mcdm.Experts;

/// <summary>How an expert was trained.</summary>
public sealed record TrainingSummary
{
    /// <summary>Optimiser steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Pictures seen, repeats counted.</summary>
    public required long PicturesSeen { get; init; }

    /// <summary>Mean loss of the last steps.</summary>
    public required double Loss { get; init; }

    /// <summary>Wall time in seconds, resumed runs added up.</summary>
    public required double Seconds { get; init; }

    /// <summary>The arithmetic it was trained in.</summary>
    public required string Precision { get; init; }
}
