namespace Mcdm.Modalities;

/// <summary>How well a picture follows one of its conditions.</summary>
/// <param name="Score">The modality's own measure, more is better; null where nobody can tell.</param>
/// <param name="Missed">What it asks for and the picture does not show, for people to read; null for nothing.</param>
public sealed record FollowedCondition(double? Score, string? Missed = null);
