using Mcdm.Diffusion.Process;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>What an expert is to predict in one step.</summary>
/// <param name="Expert">The expert.</param>
/// <param name="Z">Noisy pictures z_t, float32 [rows, channels, height, width].</param>
/// <param name="Condition">What it reads, with 1 row or as many; null for ε_u.</param>
internal readonly record struct Question(IExpert Expert, Tensor Z, ConditionTensors? Condition);

/// <summary>An expert whose network others share: what all of them are asked in a step goes through it as one batch.</summary>
internal interface IBatchedExpert
{
    /// <summary>What evaluates the questions; the same object for experts that share it.</summary>
    object Evaluator { get; }

    /// <summary>Predictions of experts that share the evaluator.</summary>
    /// <param name="questions">What they are asked.</param>
    /// <param name="level">t, with α_t and σ_t.</param>
    /// <returns>A prediction for each question, as <see cref="IExpert.Predict"/> gives it.</returns>
    IReadOnlyList<Tensor> PredictAll(IReadOnlyList<Question> questions, NoiseLevel level);
}

/// <summary>Asks experts, those that share a network together.</summary>
internal static class Questions
{
    /// <param name="questions">All that is asked in a step.</param>
    /// <param name="level">t, with α_t and σ_t.</param>
    /// <returns>A prediction for each question.</returns>
    public static Tensor[] Ask(IReadOnlyList<Question> questions, NoiseLevel level)
    {
        var answers = new Tensor[questions.Count];
        foreach (var group in questions.Select((question, i) => (Question: question, Place: i)).GroupBy(entry => Batched(entry.Question.Expert)?.Evaluator ?? entry.Place))
        {
            var together = group.ToList();
            var given = together.Count > 1 ? Batched(together[0].Question.Expert)!.PredictAll(together.ConvertAll(entry => entry.Question), level)
                : [together[0].Question.Expert.Predict(together[0].Question.Z, level, together[0].Question.Condition)];
            for (int i = 0; i < together.Count; i++) { answers[together[i].Place] = given[i]; }
        }
        return answers;
    }

    private static IBatchedExpert? Batched(IExpert expert) => expert as IBatchedExpert ?? Expert.Of(expert) as IBatchedExpert;
}
