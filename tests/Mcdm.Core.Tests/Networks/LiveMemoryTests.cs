using System.Globalization;
using Mcdm.Core.Tests.Checkpoints;
using Mcdm.Layers;
using Mcdm.Layers.Frozen;
using Mcdm.Layers.UNet2D;
using Mcdm.Runtime;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Networks;

/// <summary>How much of a picture at its full size lives at once while it is decoded.</summary>
public sealed class LiveMemoryTests
{
    private const long Channels = 32, Height = 1024, Width = 768;

    [LinuxFact]
    public void Blocks_of_a_decoder_free_what_they_have_read()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var made = new MadeWeights();
        foreach (string layer in from resnet in new[] { 0, 1 } from half in new[] { 1, 2 } select $"resnets.{resnet}.{{0}}{half}")
        {
            (string norm, string conv) = (string.Format(CultureInfo.InvariantCulture, layer, "norm"), string.Format(CultureInfo.InvariantCulture, layer, "conv"));
            (made[$"{norm}.weight"], made[$"{norm}.bias"]) = (ones(Channels), zeros(Channels));
            (made[$"{conv}.weight"], made[$"{conv}.bias"]) = (randn(Channels, Channels, 3, 3) / 17, zeros(Channels));
        }
        using var weights = new FrozenWeights(made, CPU, ScalarType.Float32);
        var block = new UpBlock2D(weights, Channels, Channels, [0, 0], new BlockStyle(8, 1e-6), null, upsample: false);
        // Weights are packed.
        block.Forward(randn(1, Channels, Height, Width).ChannelsLast()).Dispose();
        var x = randn(1, Channels, Height, Width).ChannelsLast();
        NativeMemory.GiveBackFreedBlocks();
        File.WriteAllText("/proc/self/clear_refs", "5");
        long before = Status("VmRSS:");
        block.Forward(x);
        // What is normalised and what a convolution gives, beside what came in, and holes that freed blocks leave.
        Assert.InRange((double)(Status("VmHWM:") - before) / (Channels * Height * Width * sizeof(float)), 1, 3.5);
    }

    private static long Status(string key) => 1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..]
        .Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    /// <summary>A test that asks Linux for this process's memory.</summary>
    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Linux alone tells the most that a process held.";
    }
}
