using Mcdm.Diffusion.Composition;
using Mcdm.Modalities;

namespace Mcdm.Experts;

/// <summary>
/// The combiners Residual, the rule of other programs, as a baseline, and Fused: all that pictures add to a U-Net (ControlNets) is among the inputs of every
/// prompt, and of ε_u; nothing is left of the pictures to compose.
/// </summary>
internal static class ResidualSum
{
    /// <summary>The terms of a picture's conditions: one for each prompt, and ε_u's last.</summary>
    /// <param name="experts">The experts at the picture's size.</param>
    /// <param name="chosen">The conditions with the experts that read them.</param>
    /// <param name="term">Makes terms of an expert and a condition.</param>
    /// <param name="negative">What stands in the place of the empty prompt in ε_u; null for nothing.</param>
    /// <param name="combiner">Residual, or Fused.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut.</param>
    /// <returns>The terms, each condition as it was understood, and of each term the place of its condition.</returns>
    /// <exception cref="McdmException"><c>CombinerResidual</c>: conditions that no U-Net with ControlNets reads, or weights that mean nothing here.</exception>
    public static (List<ExpertTerm> Terms, ExpertTerm Unconditional, IReadOnlyList<Condition> Understood, IReadOnlyList<int> Owners) Terms(
        IReadOnlyList<IExpert> experts, IReadOnlyList<(IExpert Expert, Condition Condition)> chosen,
        Func<IExpert, Condition, IReadOnlyList<ExpertTerm>> term, Condition? negative, Combiner combiner,
        Action<string>? note)
    {
        var controls = chosen.Where(entry => Expert.Of(entry.Expert)?.IsAddition == true).ToList();
        if (chosen.FirstOrDefault(entry => Expert.Of(entry.Expert)?.IsAddition is null) is { Condition: { } other })
        {
            throw Refused(combiner, $"the {other.Modality} condition {other.Value} is read by another kind of network");
        }
        if (controls.FirstOrDefault(entry => entry.Condition is not { Weight: 1, Region: null, Text: null }) is { Condition: { } weighted })
        {
            throw Refused(combiner, $"a ControlNet has no weight, region or sentence of its own there, as {weighted} has; its scale (New-McdmCondition "
                + "-ControlScale) and its schedule multiply its residuals");
        }
        if (combiner.Terms == TermKind.Fusing && !controls.Exists(entry => Expert.Of(entry.Expert)!.TakesSeveral))
        {
            throw new McdmException("CombinerFused", ErrorKind.InvalidArgument,
                "The combiner Fused takes pictures of a ControlNet-Union together, as it was trained, and no condition is one's; the combiner Residual adds "
                    + "what other ControlNets give.");
        }
        var pictures = controls.ConvertAll(entry => (entry.Expert.Name, entry.Condition, Encoded: entry.Expert.Encode(entry.Condition, note)));
        var (terms, understood, owners) = (new List<ExpertTerm>(), new List<Condition>(), new List<int>());
        foreach (var entry in chosen)
        {
            int control = controls.IndexOf(entry);
            if (control >= 0)
            {
                understood.Add(pictures[control].Encoded.Normal!);
                continue;
            }
            var plain = term(entry.Expert, entry.Condition);
            terms.AddRange(plain.Select(prompt => WithPictures(prompt, pictures)));
            owners.AddRange(plain.Select(_ => understood.Count));
            understood.Add(plain[0].Normal ?? entry.Condition);
        }
        var rest = experts.Unconditional();
        if (Expert.Of(rest)?.IsAddition is null) { throw Refused(combiner, $"the {rest.Name} expert is of another kind"); }
        // As in diffusers, the first decides for all.
        bool promptsAlone = controls.Count > 0 && Expert.Of(controls[0].Expert)!.AddsToPromptsAlone;
        var without = ExpertTerm.Unconditional(rest, negative, note);
        var unconditional = WithPictures(without, promptsAlone ? [] : pictures.FindAll(picture => !picture.Condition.IsGuess));
        return (terms, unconditional, understood, owners);

        // Terms of one expert are rows of one batch, whichever request its size comes from.
        ExpertTerm WithPictures(ExpertTerm prompt, IReadOnlyList<(string Name, Condition Condition, EncodedInputs Encoded)> pictures) => prompt with
        {
            Expert = prompt.Expert is ProcessExpert ? prompt.Expert : Expert.Of(prompt.Expert)!,
            Doubt = EncodedInputs.Doubts(pictures.Select(picture => picture.Encoded.Doubt).Prepend(prompt.Doubt)),
            Inputs = Joined(pictures.Aggregate(prompt.Inputs!, (inputs, picture) => inputs.Adding(picture.Encoded.Inputs, picture.Condition.Schedule)
                ?? throw Refused(combiner, $"the ControlNet {picture.Name} belongs to another U-Net than the {prompt.Expert.Name} expert"))),
        };

        ExpertInputs Joined(ExpertInputs inputs) => combiner.Terms == TermKind.Fusing ? inputs.Fused() : inputs;
    }

    private static McdmException Refused(Combiner combiner, string why) =>
        new("CombinerResidual", ErrorKind.InvalidArgument,
        $"The combiner {combiner} adds ControlNets inside a U-Net that reads prompts; {why}. The combiner Product takes all of these.");
}
