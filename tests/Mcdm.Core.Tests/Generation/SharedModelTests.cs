using Mcdm.Diffusion.Samplers;
using Mcdm.Imaging;
using Mcdm.Sampling;
using Xunit;

namespace Mcdm.Core.Tests.Generation;

/// <summary>One model object, several threads.</summary>
public sealed class SharedModelTests : IDisposable
{
    private readonly TinyFaces _faces = new();

    private static GenerationRequest Request(long seed, int steps = 6) =>
        new() { Conditions = TinyFaces.Conditions(), Count = 3, Seed = seed, Sampling = new SamplerOptions { Steps = steps } };

    private static Task<T> OnAThread<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    [Fact]
    public async Task Threads_that_share_a_model_get_the_pictures_that_one_would()
    {
        using var model = _faces.TrainAll();
        byte[][] Pixels(long seed) => new ImageGenerator(model).Generate(Request(seed)).Select(image => image.Picture.Rgba).ToArray();
        var alone = Enumerable.Range(0, 4).Select(k => Pixels(10 * k)).ToArray();
        var together = await Task.WhenAll(Enumerable.Range(0, 4).Select(k => OnAThread(() => Pixels(10 * k))));
        Assert.Equal(alone, together);
    }

    [Fact]
    public async Task A_model_removed_while_a_thread_uses_it_ends_that_work_with_a_clear_error()
    {
        var model = _faces.TrainAll();
        using var begun = new ManualResetEventSlim();
        var work = OnAThread(() => new ImageGenerator(model) { Progress = _ => begun.Set() }.Generate(Request(1, steps: 1000) with { Count = 1000 }).Count());
        begun.Wait();
        model.Dispose();
        var error = await Assert.ThrowsAsync<McdmException>(() => work);
        Assert.Equal("ModelRemoved", error.Id);
    }

    public void Dispose() => _faces.Dispose();
}
