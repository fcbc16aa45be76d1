namespace Mcdm.Core.Tests.Golden;

/// <summary>Knows how to try cases of some kinds. Classes of this sort are found by themselves and need a constructor without parameters.</summary>
internal interface IGoldenKind
{
    /// <summary>The kinds, as cases.json names them.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Computes the case and compares every output. Runs inside a dispose scope, without gradients.</summary>
    void Check(GoldenCase golden);
}
