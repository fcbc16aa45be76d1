using System.Text.Json.Serialization;
using Mcdm.Imaging;
using Mcdm.Tables;

namespace Mcdm.Modalities;

/// <summary>What the value of a condition is.</summary>
public enum ConditionKind
{
    /// <summary>Words.</summary>
    Text,

    /// <summary>A picture.</summary>
    Picture,
}

/// <summary>
/// A kind of condition: what its value is, how a network reads it, where a dataset keeps it, and how adherence to it is measured. A new one is a class
/// that is registered; everything else asks here.
/// </summary>
[JsonConverter(typeof(ModalityJsonConverter))]
public abstract class Modality
{
    private static readonly List<Modality> s_all = [];

    /// <summary>A sentence.</summary>
    public static Modality Text => Named(nameof(Text));

    /// <summary>A line drawing: an edge map.</summary>
    public static Modality Sketch => Named(nameof(Sketch));

    /// <summary>A segmentation mask, possibly partial.</summary>
    public static Modality Segment => Named(nameof(Segment));

    /// <summary>A tiny picture: roughly which colours are where.</summary>
    public static Modality LowResolution => Named(nameof(LowResolution));

    /// <summary>A control picture of any meaning, such as depth: experts of it are told apart by their names.</summary>
    public static Modality Picture => Named(nameof(Picture));

    /// <param name="name">What users call it, such as <c>LowResolution</c>.</param>
    protected Modality(string name) => Name = name;

    /// <summary>All modalities, in the order in which conditions of a picture are listed.</summary>
    public static IReadOnlyList<Modality> All
    {
        get
        {
            lock (s_all) { return s_all.ToArray(); }
        }
    }

    /// <summary>What users call it, such as <c>LowResolution</c>.</summary>
    public string Name { get; }

    /// <summary>What an expert of it is called unless it has a name of its own, such as <c>low-resolution</c>.</summary>
    public string ExpertName => string
        .Concat(Name.Select((letter, i) => char.IsUpper(letter) && i > 0 ? $"-{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));

    /// <summary>What its values are.</summary>
    public abstract ConditionKind Kind { get; }

    /// <summary>Where a dataset has it, for messages, such as <c>captions.txt</c>.</summary>
    public abstract string Source { get; }

    /// <summary>Whether a dataset's picture has it.</summary>
    /// <param name="item">The picture.</param>
    /// <param name="expert">Name of the expert that is to learn it.</param>
    public abstract bool IsIn(ILabelledPicture item, string expert);

    /// <summary>The condition that a dataset's picture itself follows.</summary>
    /// <param name="item">The picture, which has it.</param>
    /// <param name="picture">The picture at the model's size.</param>
    /// <param name="expert">Name of the expert that reads it.</param>
    public abstract Condition ConditionOf(ILabelledPicture item, Picture picture, string expert);

    /// <summary>
    /// The columns by which a row of a table (a CSV file, records of a script) states it: by default that of its name and those of what else it has.
    /// </summary>
    public virtual ConditionColumns Columns => _columns ??= new ConditionColumns(Name);

    private ConditionColumns? _columns;

    /// <summary>The condition that a row states, with what else it says of it; null where it states none of this modality.</summary>
    /// <param name="row">The row.</param>
    /// <param name="read">Reads the picture that a row names: the picture, and its file as a full path.</param>
    /// <exception cref="McdmException">The value cannot be read, or the weight is out of range.</exception>
    public Condition? ConditionOf(Row row, Func<string, (Picture Picture, string? Path)> read)
    {
        var stated = Columns.Stating.Where(column => !string.IsNullOrWhiteSpace(row[column])).ToList();
        if (stated.Count == 0) { return null; }
        if (stated.Count > 1)
        {
            throw new McdmException("TextAmbiguous", ErrorKind.InvalidArgument,
                $"{stated[0].Name} and {stated[1].Name} state the same condition; give one of them.");
        }
        string value = row[stated[0]]!;
        if (Kind == ConditionKind.Text)
        {
            var words = Condition.Of(this, value);
            return With(stated[0] == Columns.LiteralValue ? words.Literally() : words, row, read);
        }
        var (picture, path) = read(value);
        return With(Condition.Of(this, picture, source: path), row, read);
    }

    /// <summary>A condition of this modality with what a row says of such beside a value: weight, schedule, region, expert and others.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="row">The row.</param>
    /// <param name="read">Reads the picture that a row names: the picture, and its file as a full path.</param>
    /// <exception cref="McdmException">A region cannot be read, or the weight is out of range.</exception>
    public Condition With(Condition condition, Row row, Func<string, (Picture Picture, string? Path)> read)
    {
        if (!Columns.Further.Any(row.Says)) { return condition; }
        var region = row[Columns.Region] is { } file ? read(file).Picture : condition.Region;
        return WithOthers(condition, row).For(row[Columns.Expert] ?? condition.Expert)
            .Weighted(row.Get(Columns.Weight) ?? condition.GivenWeight, row.Get(Columns.Schedule) ?? condition.Schedule, region);
    }

    /// <summary>A condition of this modality with what a row says of it in <see cref="ConditionColumns.Others"/>.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="row">The row.</param>
    protected virtual Condition WithOthers(Condition condition, Row row) => condition;

    /// <summary>What a row says of a condition of this modality, with pictures in its cells, as it is read again.</summary>
    /// <param name="condition">The condition.</param>
    internal IEnumerable<(Column Column, object? Value)> Said(Condition condition) =>
    [
        Kind == ConditionKind.Text ? (condition.IsLiteral && Columns.LiteralValue is { } letters ? letters : Columns.Value, condition.Text)
            : (Columns.Value, PictureCell.Of(condition.Picture!)),
        (Columns.Weight, condition.Weight), (Columns.Schedule, condition.Schedule?.ToCell()),
        (Columns.Region, condition.Region is { } region ? PictureCell.Of(region) : null), (Columns.Expert, condition.Expert), .. SaidOfOthers(condition),
    ];

    /// <summary>What a row says of a condition of this modality in <see cref="ConditionColumns.Others"/>.</summary>
    /// <param name="condition">The condition.</param>
    protected virtual IEnumerable<(Column Column, object? Value)> SaidOfOthers(Condition condition) => [];

    /// <summary>What an encoder needs to know beside the size of pictures, from a dataset.</summary>
    /// <param name="items">The pictures that have the modality.</param>
    /// <param name="parts">The parts of the dataset's masks.</param>
    /// <param name="vocabularySize">Most pieces of a vocabulary.</param>
    public virtual EncoderData Learn(IReadOnlyList<ILabelledPicture> items, IReadOnlyList<Part> parts, int vocabularySize) => new();

    /// <summary>What a network reads of it; null where the data lack something.</summary>
    public abstract NetworkInput? InputOf(EncoderData data);

    /// <summary>Makes conditions into tensors.</summary>
    /// <param name="data">What <see cref="Learn"/> gave, or a model pack says.</param>
    /// <param name="width">Columns of the model's pictures.</param>
    /// <param name="height">Rows of the model's pictures.</param>
    public abstract ConditionEncoder CreateEncoder(EncoderData data, int width, int height);

    /// <summary>What a dataset with other <see cref="EncoderData"/> has, for a message that begins "The run learnt from".</summary>
    public virtual string OtherData => "other labels";

    /// <summary>What about a condition's value may not be meant, in a sentence that goes on after its name and a colon; null for nothing.</summary>
    /// <param name="condition">A condition of this modality.</param>
    protected internal virtual string? Doubt(Condition condition) => null;

    /// <summary>How a picture is compared with a condition.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="judge">Who will look at the picture.</param>
    /// <param name="picture">The picture at its own size, opaque.</param>
    /// <param name="name">The picture's name, for messages.</param>
    /// <returns>Given what the judge sees, how well the picture follows, or why the judge cannot tell.</returns>
    /// <exception cref="McdmException"><c>JudgeParts</c>: the judge is of another domain than the condition.</exception>
    public virtual Func<IObservation, Adherence> Expect(Condition condition, IJudge judge, Picture picture, string name) =>
        _ => new Adherence { NotMeasured = $"How well a picture follows {condition} cannot be measured: no judge knows {Name} conditions." };

    /// <summary>A condition with a lower score was hardly followed.</summary>
    public virtual double PoorScore => 0.5;

    /// <summary>
    /// The columns of a measurement that tell how well it is followed: the first has <see cref="Adherence.Score"/>, by default under its name, and the others
    /// what <see cref="Adherence.Others"/> has under theirs.
    /// </summary>
    public virtual IReadOnlyList<string> ResultColumns => [Name];

    /// <summary>Adds a modality; one of the same name is replaced.</summary>
    /// <returns>The modality.</returns>
    public static Modality Register(Modality modality)
    {
        lock (s_all)
        {
            s_all.RemoveAll(other => other.Name.Equals(modality.Name, StringComparison.OrdinalIgnoreCase));
            s_all.Add(modality);
            return modality;
        }
    }

    /// <summary>One that the module has; <c>Registries</c> registers it before anything of this assembly runs.</summary>
    private static Modality Named(string name)
    {
        lock (s_all) { return s_all.Find(modality => modality.Name == name) ?? throw new InvalidOperationException($"The modality {name} is not registered."); }
    }

    /// <summary>Finds a modality by its name, or by what its experts are called, in any case.</summary>
    /// <exception cref="McdmException"><c>ModalityUnknown</c>: the message names those there are.</exception>
    public static Modality Parse(string name) => Find(name) ?? throw new McdmException("ModalityUnknown", ErrorKind.InvalidArgument,
        $"Unknown modality '{name}'; there are: {string.Join(", ", All)}.");

    /// <summary>As <see cref="Parse"/>, but null for an unknown name.</summary>
    public static Modality? Find(string? name) => All.FirstOrDefault(modality =>
        modality.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || modality.ExpertName.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Its place among <see cref="All"/>.</summary>
    public int Order
    {
        get
        {
            lock (s_all) { return s_all.IndexOf(this); }
        }
    }

    /// <inheritdoc/>
    public sealed override string ToString() => Name;
}
