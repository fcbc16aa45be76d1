using Mcdm.Imaging;
using Mcdm.Sampling;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>One model object in several runspaces, as ForEach-Object -Parallel and thread jobs have it.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class ParallelTests(PowerShellEngine engine) : IDisposable
{
    [Fact]
    public void Parallel_runspaces_share_a_model_and_make_the_pictures_that_one_makes()
    {
        string model = TinyModel.Folder(engine);
        engine.Reset();
        var result = engine.Invoke("""
            param($path, $manifest)
            $tiny = Import-McdmModel -Path $path
            1..6 | ForEach-Object { Invoke-McdmSample -Model $tiny -Seed $_ -Steps 3 }
            1..6 | ForEach-Object -ThrottleLimit 3 -Parallel {
                Import-Module $using:manifest
                Invoke-McdmSample -Model $using:tiny -Seed $_ -Steps 3
            }
            """, ("path", model), ("manifest", Checkout.Manifest)).WithoutErrors();
        var images = result.Output.Select(o => (McdmImage)o.BaseObject).ToList();
        Assert.Equal(12, images.Count);
        foreach (var image in images.Take(6)) { Assert.Equal(image.Picture.Rgba, images.Skip(6).Single(other => other.Seed == image.Seed).Picture.Rgba); }
    }

    public void Dispose() => engine.Invoke("Get-McdmModel | Remove-McdmModel");
}
