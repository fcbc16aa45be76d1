using Mcdm.Training;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Training;

internal static class DrawnBatches
{
    /// <summary>Reads what a step learns from, and draws it.</summary>
    public static (Tensor Z0, Tensor? Conditions) Draw(this TrainingBatches batches, int step) => batches.Draw(step, batches.Read(step));
}
