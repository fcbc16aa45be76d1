using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>An expert that can act inside the network of another, its host, as a ControlNet acts inside its U-Net.</summary>
internal interface IGuestExpert
{
    /// <summary>What a host must have too, for the guest to fit: the weights of the network.</summary>
    object Home { get; }
}

/// <summary>An expert in whose network others can act.</summary>
internal interface IHostExpert
{
    /// <summary>What its guests have too.</summary>
    object Home { get; }

    /// <summary>The expert with guests in its network.</summary>
    /// <param name="guests">The guests, in the order in which their conditions are given.</param>
    /// <param name="space">The space at the pictures' size.</param>
    IHostingExpert With(IReadOnlyList<Expert> guests, LatentSpace space);
}

/// <summary>A host with its guests as one expert.</summary>
internal interface IHostingExpert : IExpert
{
    /// <summary>What it reads: the host's own condition and those of the guests.</summary>
    /// <param name="own">What the host reads; null for nothing.</param>
    /// <param name="guests">What the guests' conditions became, in their order.</param>
    ConditionTensors Joined(Tensor? own, IReadOnlyList<ConditionTensors> guests);
}
