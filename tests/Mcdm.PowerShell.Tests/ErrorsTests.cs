using System.Management.Automation;

namespace Mcdm.PowerShell.Tests;

[Collection(PowerShellEngine.Collection)]
public class ErrorsTests(PowerShellEngine engine)
{
    public static TheoryData<Exception, string, ErrorCategory> Failures => new()
    {
        { new McdmException("WeightNotANumber", ErrorKind.InvalidArgument, "m"), "WeightNotANumber", ErrorCategory.InvalidArgument },
        { new McdmException("UnknownModel", ErrorKind.NotFound, "m"), "UnknownModel", ErrorCategory.ObjectNotFound },
        { new McdmException("PictureTruncated", ErrorKind.InvalidData, "m"), "PictureTruncated", ErrorCategory.InvalidData },
        { new McdmException("OutputExists", ErrorKind.AlreadyExists, "m"), "OutputExists", ErrorCategory.ResourceExists },
        { new McdmException("PictureTooLarge", ErrorKind.LimitsExceeded, "m"), "PictureTooLarge", ErrorCategory.LimitsExceeded },
        { new McdmException("R", ErrorKind.ReadFailed, "m"), "R", ErrorCategory.ReadError },
        { new McdmException("W", ErrorKind.WriteFailed, "m"), "W", ErrorCategory.WriteError },
        { new McdmException("N", ErrorKind.NotSupported, "m"), "N", ErrorCategory.NotImplemented },
        { new UnauthorizedAccessException("m"), "AccessDenied", ErrorCategory.PermissionDenied },
        { new FileNotFoundException("m"), "PathNotFound", ErrorCategory.ObjectNotFound },
        { new IOException("m"), "FileAccessFailed", ErrorCategory.OpenError },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void AnExpectedFailureNamesItsIdCategoryAndTargetAndLetsTheNextItemFollow(Exception failure, string id, ErrorCategory category)
    {
        string folder = engine.Reset();
        File.WriteAllText(Path.Combine(folder, "a"), "");
        EngineResult result = engine.Invoke("param($failure) 'a', 'a' | Test-Probe -Fail $failure", ("failure", failure));
        Assert.False(result.Terminated);
        Assert.Equal([id, id], result.ErrorIds);
        Assert.All(result.Errors, error => Assert.Equal(category, error.CategoryInfo.Category));
        Assert.All(result.Errors, error => Assert.Equal(Path.Combine(folder, "a"), error.TargetObject));
    }

    [Fact]
    public void EveryKindHasACategory() => Assert.Equal(
        Enum.GetValues<ErrorKind>().Length,
        Failures.Select(row => ((object[])row)[0]).OfType<McdmException>().Select(failure => failure.Kind).Distinct().Count());

    [Fact]
    public void ABugIsNotDressedUpAsAUsersMistake()
    {
        File.WriteAllText(Path.Combine(engine.Reset(), "a"), "");
        EngineResult result = engine.Invoke("param($failure) 'a' | Test-Probe -Fail $failure", ("failure", new InvalidCastException("bug")));
        Assert.IsType<InvalidCastException>(Assert.Single(result.Errors).Exception);
        Assert.DoesNotContain("PathNotFound", result.ErrorIds);
    }

    [Fact]
    public void AFailureAtTheStartEndsTheCommand()
    {
        EngineResult result = engine.Invoke("Test-ProbeStart; 'next'");
        Assert.Equal(["CannotStart"], result.ErrorIds);
        EngineResult caught = engine.Invoke("try { Test-ProbeStart } catch { $_.FullyQualifiedErrorId }");
        Assert.StartsWith("CannotStart,", caught.WithoutErrors().Only<string>(), StringComparison.Ordinal);
    }
}
