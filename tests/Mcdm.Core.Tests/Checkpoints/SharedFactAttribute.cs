using Xunit;

namespace Mcdm.Core.Tests.Checkpoints;

/// <summary>A test of what lies in ../shared/checkpoints, which a checkout need not have.</summary>
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute() => Skip = Missing;

    internal static string? Missing => Directory.Exists(Checkout.Shared("checkpoints")) ? null : "../shared/checkpoints is not there";
}

/// <inheritdoc cref="SharedFactAttribute"/>
internal sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute() => Skip = SharedFactAttribute.Missing;
}
