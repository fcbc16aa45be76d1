using static TorchSharp.torch;

namespace Mcdm.Families.Adm;

/// <summary>What every residual block of an <see cref="AdmUNet"/> is told.</summary>
/// <param name="Time">Time and class, after the non-linearity, [batch, time channels].</param>
/// <param name="Sentence">A sentence's embedding after the non-linearity, [batch, width]; null where no row has one.</param>
/// <param name="HasSentence">Whether a row has one, bool [batch, 1, 1, 1]; null where <paramref name="Sentence"/> is.</param>
internal sealed record AdmSignals(Tensor Time, Tensor? Sentence, Tensor? HasSentence);
