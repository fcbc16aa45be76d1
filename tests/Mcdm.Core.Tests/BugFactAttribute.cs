using Xunit;

namespace Mcdm.Core.Tests;

/// <summary>A test of files that once went wrong, which lie beside the checkout in <c>../shared/bugs</c>; skipped where they do not.</summary>
public sealed class BugFactAttribute : FactAttribute
{
    public BugFactAttribute()
    {
        if (!Directory.Exists(Checkout.Shared("bugs"))) { Skip = "There is no folder '../shared/bugs' beside the checkout."; }
    }

    public static string PathOf(string name) => Checkout.Shared("bugs", name);
}
