namespace Mcdm.Training;

/// <summary>How far a training run is.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">Mean loss of the last steps, (3) in the unit of the prediction's square.</param>
/// <param name="PicturesPerSecond">Speed since this run began.</param>
/// <param name="Remaining">Time left at this speed.</param>
public sealed record TrainingProgress(int Step, int Steps, double Loss, double PicturesPerSecond, TimeSpan Remaining);

/// <summary>What a training run left behind.</summary>
public sealed record TrainingResult
{
    /// <summary>Folder with the model, the checkpoint and the loss log.</summary>
    public required string OutputPath { get; init; }

    /// <summary>What was trained: a modality, or Unconditional.</summary>
    public required string Expert { get; init; }

    /// <summary>Steps done in all.</summary>
    public required int Step { get; init; }

    /// <summary>Steps asked for.</summary>
    public required int Steps { get; init; }

    /// <summary>Pictures seen in all.</summary>
    public required long PicturesSeen { get; init; }

    /// <summary>Mean loss of the last steps.</summary>
    public required double Loss { get; init; }

    /// <summary>Time spent in all, resumed runs added up.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>True where all steps were done.</summary>
    public bool Completed => Step >= Steps;
}
