using Mcdm.Diffusion.Composition;
using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Imaging.Files;
using Mcdm.Modalities;
using Mcdm.Tables;

namespace Mcdm.Sampling.Jobs;

/// <summary>Makes requests of what users ask for: rows of any origin, or conditions beside a row of settings.</summary>
/// <param name="pathOf">The file of a picture as a full path, from what a row says, and from the row's base path or null.</param>
/// <param name="note">Told, in a sentence each, what had to be converted in a picture.</param>
/// <param name="warn">Told, in a sentence each, what may not be meant.</param>
public sealed class JobReader(Func<string, string?, string> pathOf, Action<string> note, Action<string> warn)
{
    private long _seed = Random.Shared.Next();

    /// <summary>Whether what names no seed has 0, so that it is found again another time; else such seeds follow one another from a random one.</summary>
    public bool KeepsSeed { get; init; }

    /// <summary>The seed of what names none.</summary>
    public long Seed => KeepsSeed ? 0 : _seed;

    /// <summary>By what the conditions' weights are multiplied.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The request of a row.</summary>
    /// <param name="row">The row; its values were checked (<see cref="JobColumns.Check"/>).</param>
    /// <param name="model">What will sample it.</param>
    /// <param name="name">What its pictures are called; null for the model's name.</param>
    /// <exception cref="McdmException">A file cannot be read, or what the row says means nothing.</exception>
    public GenerationRequest Read(Row row, Model model, string? name) => Request(Stated(row), row, model, name);

    /// <summary>
    /// The request of conditions beside a row: those that the row states are of the same composition, and what it says of a modality without stating one, such
    /// as a weight, it says of the given ones.
    /// </summary>
    /// <param name="given">Conditions of one composition.</param>
    /// <param name="row">What else is asked for; its values were checked (<see cref="JobColumns.Check"/>).</param>
    /// <param name="model">What will sample it.</param>
    /// <param name="name">What its pictures are called; null for the model's name.</param>
    /// <exception cref="McdmException">A file cannot be read, what is asked for means nothing, or <c>ConditionMissing</c>.</exception>
    public GenerationRequest Read(IReadOnlyList<Condition> given, Row row, Model model, string? name)
    {
        foreach (var part in NumberedColumns.Parts(row))
        {
            foreach (var modality in Modality.All.Where(modality => !modality.Columns.Stating.Any(part.Row.Says)))
            {
                if (modality.Columns.Further.FirstOrDefault(part.Row.Says) is { } further) { given = [.. With(given, modality, further, part, row)]; }
            }
        }
        return Request([.. given, .. Stated(row)], row, model, name);
    }

    /// <summary>Conditions, those of a modality with what a part of a row says of it.</summary>
    private IEnumerable<Condition> With(IReadOnlyList<Condition> given, Modality modality, Column further, NumberedColumns.Part part, Row row)
    {
        if (part.Number.Length > 0)
        {
            throw new McdmException("ConditionMissing", ErrorKind.InvalidArgument,
                $"-{further.Name} has a value for {modality.Columns.Value.Name}{part.Number}, and none is given; give that too, or one value for all.");
        }
        if (given.All(condition => condition.Modality != modality))
        {
            throw new McdmException("ConditionMissing", ErrorKind.InvalidArgument,
                $"-{further.Name} says something of a {modality} condition, and none is given; give one, as with -{modality.Columns.Value.Name}.");
        }
        return given.Select(condition => condition.Modality == modality ? modality.With(condition, part.Row, path => ReadPicture(path, row)) : condition);
    }

    /// <summary>The conditions that a row states.</summary>
    private List<Condition> Stated(Row row)
    {
        var parts = NumberedColumns.Parts(row);
        var conditions = Modality.All.SelectMany(modality => parts.Select(part => modality.ConditionOf(part.Row, path => ReadPicture(path, row))))
            .OfType<Condition>().ToList();
        foreach (string doubt in conditions.Select(condition => condition.Doubt).OfType<string>()) { warn(doubt); }
        return conditions;
    }

    private GenerationRequest Request(IReadOnlyList<Condition> conditions, Row settings, Model model, string? name)
    {
        if (Weight != 1)
        {
            conditions = [.. conditions.Select(condition => condition.Weighted(condition.Weight * Weight, condition.Schedule, condition.Region))];
        }
        var start = Start(settings, model);
        var request = new GenerationRequest
        {
            Conditions = conditions,
            From = start,
            Seed = Seed,
            Sampling = UsualSampling.For(model, settings.Get(JobColumns.Sampler), settings.Get(JobColumns.Steps), start is not null),
            Combiner = UsualSampling.Combiner(model, settings.Get(JobColumns.Combiner), settings.Get(JobColumns.Particles)),
            Name = name,
        };
        foreach (var setting in JobColumns.Settings) { request = setting.Apply(request, settings); }
        foreach (var setting in JobColumns.Settings.Where(setting => settings.Says(setting.Column)))
        {
            if (setting.Unread?.Invoke(request, settings) is { } because) { throw GenerationRequest.Unread(setting.Column.Name, because); }
        }
        if (start is null && request.Combiner is WeightedSum) { request = request with { Conditions = UsualSampling.Weighted(model, conditions) }; }
        if (name is not null) { PictureName.Check(name); }
        if (settings.Get(JobColumns.Seed) is null) { _seed += request.Count; }
        return request;
    }

    private StartPicture? Start(Row row, Model model)
    {
        string? picture = row[JobColumns.Picture], mask = row[JobColumns.Mask];
        double? strength = row.Get(JobColumns.Strength);
        if (string.IsNullOrWhiteSpace(picture))
        {
            return string.IsNullOrWhiteSpace(mask) && strength is null ? null : throw new McdmException("PictureMissing", ErrorKind.InvalidArgument,
                $"-{(strength is null ? JobColumns.Mask.Name : JobColumns.Strength.Name)} says something of the picture that sampling starts from; " +
                $"give one with -{JobColumns.Picture.Name}.");
        }
        var (from, path) = ReadPicture(picture, row);
        return new StartPicture(from, strength ?? (model.FillsHoles ? 1 : StartPicture.UsualStrength),
            string.IsNullOrWhiteSpace(mask) ? null : ReadPicture(mask, row).Picture, path);
    }

    private (Picture Picture, string? Path) ReadPicture(string file, Row row)
    {
        if (PictureCell.Is(file)) { return (PictureCell.Read(file), null); }
        string path = pathOf(file, row[JobColumns.BasePath]);
        return (PictureFile.Read(path, note), path);
    }
}
