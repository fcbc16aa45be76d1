using Mcdm.Core.Tests.Files;
using Mcdm.Families.Own.Files;
using Mcdm.Training;
using Xunit;

namespace Mcdm.Core.Tests.Training;

/// <summary>Runs whose files other programs have open, as on Windows.</summary>
public sealed class OpenFilesTests : IDisposable
{
    private readonly TinyFaces _faces = new();
    private readonly RefusingFiles _files = new();
    private readonly List<string> _warnings = [];

    private string In(string name) => Path.Combine(_faces.Run("run"), name);

    private TrainingResult Train(int steps, bool resume = false, Action<TrainingProgress>? progress = null, double checkpointSeconds = 1e6) =>
        new Trainer(_faces.Dataset, TinyFaces.Options(steps: steps) with { CheckpointSeconds = checkpointSeconds }, _faces.Run("run"))
        {
            Warn = _warnings.Add,
            Progress = progress,
        }.Run(resume);

    public void Dispose()
    {
        _files.Dispose();
        _faces.Dispose();
    }

    [Theory]
    [InlineData("checkpoint.safetensors")]
    [InlineData("unconditional.safetensors")]
    [InlineData("model.json")]
    public void A_checkpoint_on_the_way_is_left_to_the_next(string name)
    {
        RefusingFiles.Opened? reader = null;
        var result = Train(steps: 6, checkpointSeconds: 0, progress: at =>
        {
            if (at.Step == 3) { reader = _files.Open(In(name)); }
            if (at.Step == 5) { reader!.Dispose(); }
        });
        Assert.Equal((6, _faces.Run("run")), (result.Step, result.OutputPath));
        Assert.Equal(2, _warnings.Count);
        Assert.StartsWith("Step 3 could not be saved.", _warnings[0], StringComparison.Ordinal);
        Assert.Contains(name, _warnings[0], StringComparison.Ordinal);
        using var model = ModelPack.Read(_faces.Run("run"));
        Assert.Equal(6, model.Unconditional.Training!.Steps);
        Assert.Equal(6, Checkpoint.Read(_faces.Run("run")).Step);
        Assert.DoesNotContain(Directory.EnumerateFiles(_faces.Run("run")), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void The_last_one_is_tried_for_longer()
    {
        Train(steps: 2);
        var reader = _files.Open(In("checkpoint.safetensors"));
        _files.Waiting = () => { if (_files.Waited > TimeSpan.FromSeconds(20)) { reader.Dispose(); } };
        Assert.Equal(_faces.Run("run"), Train(steps: 4, resume: true).OutputPath);
        Assert.Contains("It is tried again", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Equal(4, Checkpoint.Read(_faces.Run("run")).Step);
    }

    [Fact]
    public void The_last_one_goes_beside_what_stays_open()
    {
        Train(steps: 2);
        byte[] before = File.ReadAllBytes(In("checkpoint.safetensors"));
        using (_files.Open(In("checkpoint.safetensors")))
        {
            string beside = Train(steps: 4, resume: true).OutputPath;
            Assert.Equal(In("run-step-4"), beside);
            Assert.Contains(beside, _warnings[^1], StringComparison.Ordinal);
            Assert.Equal(before, File.ReadAllBytes(In("checkpoint.safetensors")));
            Assert.Equal(4, Checkpoint.Read(beside).Step);
            using var model = ModelPack.Read(beside);
            Assert.Equal(4, model.Unconditional.Training!.Steps);
        }
        // The same losses as of a run that nothing came in the way of.
        Assert.Equal(4, _faces.Losses("run").Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_goes_on_while_the_log_of_losses_is_open(bool letsRead)
    {
        Train(steps: 2);
        using (_files.Open(In("loss.csv"), letsRead: letsRead))
        {
            Assert.Equal(4, Train(steps: 4, resume: true).Step);
        }
        Assert.Equal(letsRead ? 2 : 1, _warnings.Count(warning => warning.Contains("loss.csv", StringComparison.Ordinal)));
        string[] lines = File.ReadAllLines(In("loss-2.csv"));
        Assert.Equal((letsRead ? [1, 2, 3, 4] : new[] { 3, 4 }).Select(step => $"{step}"), lines.Skip(1).Select(line => line.Split(',')[0]));
        Assert.Equal(3, File.ReadAllLines(In("loss.csv")).Length);
    }

    [Fact]
    public void Losses_wait_until_the_log_is_closed()
    {
        Train(steps: 2);
        var viewer = _files.Open(In("loss.csv"));
        Train(steps: 6, resume: true, progress: at => { if (at.Step == 5) { viewer.Dispose(); } });
        Assert.Equal(["1", "2", "3", "4", "5", "6"], File.ReadAllLines(In("loss.csv")).Skip(1).Select(line => line.Split(',')[0]));
        Assert.Contains("as soon as that is closed", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.False(File.Exists(In("loss-2.csv")));
    }
}
