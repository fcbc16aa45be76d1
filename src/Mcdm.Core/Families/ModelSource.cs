namespace Mcdm.Families;

/// <summary>A path that holds a model or a part of one.</summary>
/// <param name="Path">The path.</param>
/// <param name="Kind">What it holds, such as <c>ControlNet</c>: a word of its family's.</param>
public sealed record ModelSource(string Path, string Kind);
