namespace Mcdm.Experts;

/// <summary>Makes one model of several whose spaces differ.</summary>
internal static class ModelBridge
{
    /// <summary>The first model's space is sampled, by its own experts; those of the others act over a <see cref="Bridge"/>.</summary>
    /// <param name="models">The models; those that share a space are joined. The model that is made owns them.</param>
    /// <param name="options">How; null for the usual.</param>
    /// <exception cref="McdmException"><c>BridgeOneSpace</c>, or <c>BridgeUnconditional</c>: a model that predicts nothing without a condition.</exception>
    public static Model Build(IReadOnlyList<Model> models, BridgeOptions? options = null)
    {
        options ??= new BridgeOptions();
        options.Check();
        var spaces = new List<List<Model>>();
        foreach (var model in models)
        {
            if (spaces.Find(joined => joined[0].Space.Matches(model.Space)) is { } same) { same.Add(model); }
            else { spaces.Add([model]); }
        }
        if (spaces.Count == 1)
        {
            throw new McdmException("BridgeOneSpace", ErrorKind.InvalidArgument,
                models.Count == 1 ? $"A bridge goes from one model to another, and there is '{models[0]}' alone; name a second one."
                    : $"{string.Join(" and ", models.Select(model => $"'{model}'"))} work in one space and need no bridge; -Join makes one model of them.");
        }
        spaces.ForEach(RequireUnconditional);
        var joined = spaces.ConvertAll(space => space.Count == 1 ? space[0] : Model.Join(space));
        var (first, others) = (joined[0], joined[1..]);
        var bridged = others.SelectMany(other => Across(first, other, options)).ToList();
        var made = new Model(string.Join('+', joined), [.. first.Experts, .. bridged], first.Path, first.Description, first.Credits, first.Codec)
        {
            Bridge = options,
            Sampling = first.Sampling,
            Combiner = first.Combiner,
            Variances = first.Variances,
            Notes = [.. joined.SelectMany(model => model.Notes).Distinct(), .. others.SelectMany(other => Note(first, other, options))],
            Warnings = joined.SelectMany(model => model.Warnings).Distinct().ToList(),
        };
        others.ForEach(made.DisposeAlong);
        return made;
    }

    private static IEnumerable<BridgedExpert> Across(Model first, Model other, BridgeOptions options)
    {
        var bridge = new Bridge(other.Name, CodecOf(first), CodecOf(other), options);
        return other.Experts.Where(expert => expert.Modality is not null)
            .Select(expert => new BridgedExpert(other.Name, expert, other.Unconditional, first.Unconditional, bridge));
    }

    /// <summary>Between a model's z_0 and pictures.</summary>
    internal static IPictureCodec CodecOf(Model model) => model.Codec ?? (IPictureCodec)PixelCodec.Instance;

    /// <summary>The other model's process may have no level so noisy.</summary>
    private static IEnumerable<string> Note(Model first, Model other, BridgeOptions options)
    {
        var (own, noisiest) = (first.Space.Process, other.Space.Process.Level(other.Space.Process.Steps));
        double wanted = noisiest.Lambda + options.MoreNoise / 2;
        if (own.LevelOfLambda(wanted).T < own.Steps - 1)
        {
            yield return FormattableString.Invariant($"Above level {own.LevelOfLambda(wanted).T:0} of '{first}', '{other}' has none so noisy and is asked ")
                + "at its noisiest.";
        }
    }

    private static void RequireUnconditional(List<Model> together)
    {
        if (!together.SelectMany(one => one.Experts).Any(expert => expert.Modality is null))
        {
            throw new McdmException("BridgeUnconditional", ErrorKind.NotFound,
                $"Over a bridge counts what a condition adds to a prediction without any, and '{together[0]}' has no unconditional expert "
                    + $"({string.Join(", ", together.SelectMany(one => one.Experts))}); take a model that has one.");
        }
    }
}
