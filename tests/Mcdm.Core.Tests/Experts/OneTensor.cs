using Mcdm.Experts;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Experts;

/// <summary>Inputs of experts that read a single tensor.</summary>
internal sealed record OneTensor(Tensor Value) : ExpertInputs<OneTensor>
{
    protected override OneTensor Mapped(EachTensor<OneTensor> map) => new(map(inputs => inputs.Value)!);
}
