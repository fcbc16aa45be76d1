using Mcdm.Modalities;

namespace Mcdm.Experts;

/// <summary>
/// The combiner Residual, the rule of other programs, as a baseline: all guests (ControlNets) act inside the evaluation of every host (a prompt's U-Net), and of ε_u; nothing is
/// left of them to compose.
/// </summary>
internal static class ResidualSum
{
    /// <summary>The terms of a picture's conditions: one for each prompt, and ε_u's last.</summary>
    /// <param name="experts">The experts at the picture's size.</param>
    /// <param name="chosen">The conditions with the experts that read them.</param>
    /// <param name="term">Makes a term of an expert and a condition.</param>
    /// <param name="negative">What stands in the place of the empty prompt in ε_u; null for nothing.</param>
    /// <param name="note">Told, in a sentence each, what had to be converted or cut.</param>
    /// <returns>The terms, and each condition as it was understood.</returns>
    /// <exception cref="McdmException"><c>CombinerResidual</c>: conditions that no U-Net with ControlNets reads, or weights that mean nothing here.</exception>
    public static (List<ExpertTerm> Terms, ExpertTerm Unconditional, IReadOnlyList<Condition> Understood) Terms(IReadOnlyList<IExpert> experts, IReadOnlyList<(IExpert Expert, Condition Condition)> chosen,
        Func<IExpert, Condition, ExpertTerm> term, Condition? negative, Action<string>? note)
    {
        var controls = chosen.Where(entry => Expert.Of(entry.Expert) is IGuestExpert).ToList();
        if (chosen.FirstOrDefault(entry => Expert.Of(entry.Expert) is not (IGuestExpert or IHostExpert)) is { Condition: { } other })
        {
            throw Refused($"the {other.Modality} condition {other.Value} is read by another kind of network");
        }
        if (controls.FirstOrDefault(entry => entry.Condition is not { Weight: 1, Schedule: null, Region: null, Text: null }) is { Condition: { } weighted })
        {
            throw Refused($"a ControlNet has no weight, schedule, region or sentence of its own there, as {weighted} has; its scale (New-McdmCondition -ControlScale) multiplies its residuals");
        }
        var networks = controls.Select(entry => Expert.Of(entry.Expert)!).ToList();
        var encoded = controls.Select(entry => entry.Expert.Encode(entry.Condition, note)).ToList();
        var pictures = encoded.Select(condition => condition.Tensors).ToList();
        var (terms, understood) = (new List<ExpertTerm>(), new List<Condition>());
        foreach (var entry in chosen)
        {
            int control = controls.IndexOf(entry);
            if (control >= 0)
            {
                understood.Add(encoded[control].Normal!);
                continue;
            }
            var plain = term(entry.Expert, entry.Condition);
            var joined = With(entry.Expert);
            terms.Add(plain with { Expert = joined, Condition = joined.Joined(plain.Condition!.First, pictures) });
            understood.Add(plain.Normal ?? entry.Condition);
        }
        var rest = With(experts.Unconditional());
        return (terms, new ExpertTerm(rest, rest.Joined(negative is null ? null : rest.Encode(negative, note).Tensor, pictures)), understood);

        IHostingExpert With(IExpert expert)
        {
            if (Expert.Of(expert) is not IHostExpert host) { throw Refused($"the {expert.Name} expert is of another kind"); }
            return networks.FirstOrDefault(guest => ((IGuestExpert)guest).Home != host.Home) is { } stranger
                ? throw Refused($"the ControlNet {stranger.Name} belongs to another U-Net than the {expert.Name} expert")
                : host.With(networks, expert.Space);
        }
    }

    private static McdmException Refused(string why) => new("CombinerResidual", ErrorKind.InvalidArgument, $"The combiner Residual adds ControlNets inside a U-Net that reads prompts; {why}. The combiner Product takes all of these.");
}
