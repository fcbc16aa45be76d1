using Mcdm.Diffusion.Composition;
using Mcdm.Modalities;
using static TorchSharp.torch;

namespace Mcdm.Experts;

/// <summary>
/// The combiners Residual, the rule of other programs, as a baseline, and Fused: all that pictures add to a U-Net (ControlNets, adapters) is among the inputs
/// of every prompt, and of ε_u, where an image prompt's picture gives way to none; nothing is left of the pictures to compose.
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
    /// <exception cref="McdmException"><c>CombinerResidual</c>: conditions that no U-Net of prompts reads, or weights that mean nothing here.</exception>
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
        if (controls.FirstOrDefault(entry => entry.Condition is not { Weight: 1, Text: null }
            || (entry.Condition.Region is not null && !Expert.Of(entry.Expert)!.TakesMask)) is { Condition: { } weighted })
        {
            throw Refused(combiner, $"a picture has no weight and no sentence of its own there, and one that is no image prompt no region, "
                + $"as {weighted} has; its scale (New-McdmCondition -ControlScale) and its schedule multiply what it adds");
        }
        if (combiner.Terms == TermKind.Fusing && !controls.Exists(entry => Expert.Of(entry.Expert)!.TakesSeveral))
        {
            throw new McdmException("CombinerFused", ErrorKind.InvalidArgument,
                "The combiner Fused takes pictures of a ControlNet-Union together, as it was trained, and no condition is one's; the combiner Residual adds "
                    + "what other ControlNets give.");
        }
        var pictures = controls.ConvertAll(entry =>
        {
            var expert = Expert.Of(entry.Expert)!;
            var mask = entry.Condition.Region is { } region ? Composition.RegionPixels(region, entry.Expert.Space, note).to(expert.Device) : null;
            return new Hosted(expert, entry.Condition, entry.Expert.Encode(entry.Condition, note), mask);
        });
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
        // As in diffusers, the first ControlNet decides for all of them; and where there is no prompt, the one evaluation has the pictures themselves.
        bool promptsAlone = pictures.Find(picture => picture.Expert.HasGuessMode)?.Expert.AddsToPromptsAlone == true;
        var beside = pictures.FindAll(picture => !picture.Expert.HasGuessMode || !(promptsAlone || picture.Condition.IsGuess));
        var without = ExpertTerm.Unconditional(rest, negative, note);
        return (terms, WithPictures(without, terms.Count == 0 ? beside : beside.ConvertAll(picture => picture.OnNegativeSide())), understood, owners);

        // Terms of one expert are rows of one batch, whichever request its size comes from.
        ExpertTerm WithPictures(ExpertTerm prompt, IReadOnlyList<Hosted> pictures) => prompt with
        {
            Expert = prompt.Expert is ProcessExpert ? prompt.Expert : Expert.Of(prompt.Expert)!,
            Doubt = EncodedInputs.Doubts(pictures.Select(picture => picture.Encoded.Doubt).Prepend(prompt.Doubt)),
            Inputs = Joined(pictures.Aggregate(prompt.Inputs!, (inputs, picture) =>
                inputs.Adding(picture.Encoded.Inputs, picture.Condition.Schedule, picture.Mask)
                ?? throw Refused(combiner, $"'{picture.Expert.Name}' belongs to another U-Net than the {prompt.Expert.Name} expert"))),
        };

        ExpertInputs Joined(ExpertInputs inputs) => combiner.Terms == TermKind.Fusing ? inputs.Fused() : inputs;
    }

    /// <summary>A picture inside the evaluations of others.</summary>
    /// <param name="Expert">The expert that reads it.</param>
    /// <param name="Condition">Its condition.</param>
    /// <param name="Encoded">What that became.</param>
    /// <param name="Mask">Where it acts; null for everywhere.</param>
    private sealed record Hosted(Expert Expert, Condition Condition, EncodedInputs Encoded, Tensor? Mask)
    {
        /// <summary>As it is in ε_u.</summary>
        public Hosted OnNegativeSide() => Encoded.WithoutPicture?.Invoke() is { } nothing ? this with { Encoded = Encoded with { Inputs = nothing } } : this;
    }

    private static McdmException Refused(Combiner combiner, string why) =>
        new("CombinerResidual", ErrorKind.InvalidArgument,
        $"The combiner {combiner} adds pictures inside a U-Net that reads prompts; {why}. The combiner Product takes all of these.");
}
