using Mcdm.Core.Tests.Formats;
using Mcdm.Training;
using Xunit;

namespace Mcdm.Core.Tests.Training;

public sealed class LossLogTests : IDisposable
{
    private const string Header = "step,loss,gradient_norm,learning_rate,seconds";
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.File("loss.csv");

    private string[] Lines => System.IO.File.ReadAllLines(File);

    [Fact]
    public void A_new_run_starts_a_new_log()
    {
        System.IO.File.WriteAllText(File, "of an earlier run");
        using (var log = new LossLog(File, 0))
        {
            Assert.Empty(log.Losses);
            log.Write(1, 0.5, 2, 1e-3, 0.25);
        }
        Assert.Equal([Header, "1,0.5,2,0.001,0.2"], Lines);
    }

    [Fact]
    public void Lines_after_the_checkpoint_are_dropped_also_half_ones()
    {
        System.IO.File.WriteAllText(File, $"{Header}\n1,0.5,1,1,1\n2,0.25,1,1,1\n3,0.125,1,1,1\n4,0.0");
        using var log = new LossLog(File, 2);
        Assert.Equal([0.5, 0.25], log.Losses);
        Assert.Equal([Header, "1,0.5,1,1,1", "2,0.25,1,1,1"], Lines);
    }

    [Fact]
    public void A_process_that_ends_without_a_word_leaves_the_earlier_lines_whole()
    {
        using (var log = new LossLog(File, 0))
        {
            for (int step = 1; step <= 500; step++) { log.Write(step, 1.0 / step, 1, 1, 1); }
        }
        string before = System.IO.File.ReadAllText(File);
        // Killed here: no checkpoint, so nothing was flushed or disposed.
        var resumed = new LossLog(File, 500);
        for (int step = 501; step <= 1000; step++) { resumed.Write(step, 1, 1, 1, 1); }
        Assert.Equal(before, System.IO.File.ReadAllText(File));
        resumed.Flush();
        Assert.Equal(1001, Lines.Length);
        Assert.Equal(["loss.csv"], _folder.Names);
    }

    public void Dispose() => _folder.Dispose();
}
