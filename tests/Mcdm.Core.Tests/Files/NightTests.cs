using Mcdm.Core.Tests.Formats;
using Mcdm.Core.Tests.Generation;
using Mcdm.Diffusion.Samplers;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.Runs;
using Mcdm.Sampling;
using Xunit;

namespace Mcdm.Core.Tests.Files;

/// <summary>A night of 200 rows on a system that lets nobody change what others have open, while a virus scanner looks at files.</summary>
public sealed class NightTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private const int Rows = 200;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Readers_that_come_and_go_lose_nothing(int seed)
    {
        using var files = new RefusingFiles { Scanner = new Random(seed) };
        using var folder = new TemporaryFolder();
        string target = folder.File("out");
        using (RunLog.Open(target, tiny.Model.Name))
        using (var missing = MissingPictures.In(target, PictureClaim.UsualLimit, isWhatIf: false, _ => { }))
        {
            foreach (var image in Sampled(missing))
            {
                PictureWriter.Write(image.Picture, PictureName.PathIn(target, image.FileName), image.PngMetadata(), overwrite: false);
                missing.Taken(image);
            }
        }
        Assert.True(files.Refused > Rows, $"{files.Refused} were refused.");

        // Each picture is whole and its own; no claim and no half of a picture is left; the log tells of all.
        Assert.Equal(Enumerable.Range(1, Rows).Select(row => $"row{row}-{row}.png").Order(), Directory.GetFiles(target).Select(file => Path.GetFileName(file)!).Order());
        foreach (string file in Directory.GetFiles(target)) { Assert.EndsWith($"-{McdmImage.FromFile(file).Seed}.png", file, StringComparison.Ordinal); }
        var night = RunFolder.Read(target).Measure(Enumerable.Range(1, Rows).Select(row => new ExpectedRow(row, $"row{row}", row)).ToList());
        Assert.Equal((Rows, Rows, 0), (night.Done, Assert.Single(night.Hosts).Pictures, night.Failed));
    }

    private IEnumerable<McdmImage> Sampled(MissingPictures missing)
    {
        using var generator = new ImageGenerator(tiny.Model) { BatchSize = 8, Claim = (request, seed) => missing.Claim(tiny.Model, request, seed), Progress = _ => missing.Renew() };
        for (int row = 1; row <= Rows; row++)
        {
            generator.Add(new GenerationRequest { Name = $"row{row}", Conditions = [Condition.FromText("a red disc")], Seed = row, Sampling = new SamplerOptions { Steps = 1 } });
        }
        foreach (var image in generator.Sample(rest: true).SelectMany(batch => batch.Images)) { yield return image; }
    }
}
