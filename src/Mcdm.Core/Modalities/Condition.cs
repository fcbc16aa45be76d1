using System.Collections.ObjectModel;
using System.Security.Cryptography;
using System.Text;
using Mcdm.Imaging;
using Mcdm.Imaging.Drawing;
using static System.FormattableString;

namespace Mcdm.Modalities;

/// <summary>One thing the picture should follow: a modality, its value and how much it counts.</summary>
public sealed class Condition
{
    private const double LargestWeight = 1e6, LargestScale = 100;

    private Condition(Modality modality, double? weight)
    {
        RequireWeight(weight ?? 1);
        Modality = modality;
        GivenWeight = weight;
    }

    private Condition(Condition other)
    {
        (Modality, Expert, Text, Picture, Parts, Source, Scale) = (other.Modality, other.Expert, other.Text, other.Picture, other.Parts, other.Source,
            other.Scale);
        (GivenWeight, Schedule, Region, _contentHash) = (other.GivenWeight, other.Schedule, other.Region, other._contentHash);
        (IsLiteral, IsGuess, Fit, PictureWeight) = (other.IsLiteral, other.IsGuess, other.Fit, other.PictureWeight);
        Guidance = other.Guidance;
    }

    /// <summary>The kind of condition.</summary>
    public Modality Modality { get; }

    /// <summary>Name of the expert that is to read it, where a model has several of the modality; null for the only one.</summary>
    public string? Expert { get; private init; }

    /// <summary>The sentence or label; for a picture a sentence of its own, read together with it by experts that can (ControlNets), or null.</summary>
    public string? Text { get; private init; }

    /// <summary>Whether experts that read a language of prompts, with brackets for weights, take all of the sentence as letters.</summary>
    public bool IsLiteral { get; private init; }

    /// <summary>The sketch, mask or other picture; null for text.</summary>
    public Picture? Picture { get; private init; }

    /// <summary>Names of the parts of a mask that are stated; null for all of them.</summary>
    public IReadOnlyList<string>? Parts { get; private init; }

    /// <summary>How strongly a picture acts inside its expert's network: by what a ControlNet's residuals are multiplied. Not a weight.</summary>
    public double Scale { get; private init; } = 1;

    /// <summary>
    /// Whether a control picture acts as in guess mode: its residuals fall by depth, a tenth at the outermost, and where they are added inside a U-Net
    /// (the combiner Residual), it is in prompts alone and not in ε_u.
    /// </summary>
    public bool IsGuess { get; private init; }

    /// <summary>What becomes of a control picture of another shape than the output; null where nobody says: its middle is kept, and that is told.</summary>
    public PictureFit? Fit { get; private init; }

    /// <summary>
    /// Of a picture that its sentence says how to change, the weight that it has itself, beside that of the sentence (<see cref="Weight"/>); null where it is
    /// the same.
    /// </summary>
    public double? PictureWeight { get; private init; }

    /// <summary>The guidance that a network acts under which was distilled under some and reads it; null for the usual one. Not a weight.</summary>
    public double? Guidance { get; private init; }

    /// <summary>Reliability weight w_i; 1, which is equation (12) exactly, where none was given.</summary>
    public double Weight => GivenWeight ?? 1;

    /// <summary>The weight as it was given; null where none was.</summary>
    internal double? GivenWeight { get; private init; }

    /// <summary>Whether a weight was given; a model may have a usual one where none was (<see cref="Experts.Expert.AloneSchedule"/>).</summary>
    public bool IsWeighted => GivenWeight is not null || Schedule is not null || Region is not null;

    /// <summary>By what the weight is multiplied at each noise level; null for 1 at all of them.</summary>
    public WeightSchedule? Schedule { get; private init; }

    /// <summary>
    /// Where the condition acts, at the model's size: by what the weight is multiplied at each pixel, 0 (black) to 1 (white); null for all of the
    /// picture.
    /// </summary>
    public Picture? Region { get; private init; }

    /// <summary>Whether a picture is to follow it anywhere: one whose weight is 0 or negative at all levels is left out, or to be kept away from.</summary>
    public bool IsWanted => Schedule?.Points.Any(point => Weight * point.Weight > 0) ?? Weight > 0;

    /// <summary>Where the value came from, for people to read; null for values made in memory.</summary>
    public string? Source { get; private init; }

    /// <summary>What about the value may not be meant, in a sentence, such as a sketch without a line; null for nothing.</summary>
    public string? Doubt => Modality.Doubt(this) is { } doubt ? $"{this}: {doubt}." : null;

    /// <summary>SHA-256 of the value (UTF-8 text, or size and RGBA bytes, then the part names), in hexadecimal.</summary>
    public string ContentHash => _contentHash ??= Hash();

    private string? _contentHash;

    /// <summary>A condition of words, of any modality whose values are words.</summary>
    /// <exception cref="McdmException">Empty or broken text, a modality of pictures, or a weight that is out of range.</exception>
    public static Condition Of(Modality modality, string text, double? weight = null)
    {
        RequireKind(modality, ConditionKind.Text);
        return new Condition(modality, weight) { Text = CheckText(text) };
    }

    /// <summary>A condition whose value is a picture, of any modality whose values are pictures.</summary>
    /// <exception cref="McdmException">A modality of words, or a weight that is out of range.</exception>
    public static Condition Of(Modality modality, Picture picture, double? weight = null, string? source = null)
    {
        RequireKind(modality, ConditionKind.Picture);
        return new Condition(modality, weight) { Picture = picture, Source = source };
    }

    /// <summary>A sentence.</summary>
    /// <exception cref="McdmException">Empty or broken text, or a weight that is out of range.</exception>
    public static Condition FromText(string text, double? weight = null) => Of(Modality.Text, text, weight);

    /// <summary>What ε_u is to read in place of no prompt: a sentence, or an empty one, which some models tell from none.</summary>
    /// <exception cref="McdmException">Broken text.</exception>
    internal static Condition FromNegative(string text) => string.IsNullOrWhiteSpace(text) ? new(Modality.Text, null) { Text = "" } : FromText(text);

    /// <summary>A line drawing: dark lines on light paper or the reverse.</summary>
    /// <exception cref="McdmException">A weight that is out of range.</exception>
    public static Condition FromSketch(Picture sketch, double? weight = null, string? source = null) => Of(Modality.Sketch, sketch, weight, source);

    /// <summary>A mask in the model's part colours; transparent pixels, and parts not named, are unknown.</summary>
    /// <exception cref="McdmException">A weight that is out of range.</exception>
    public static Condition FromSegment(Picture mask, IReadOnlyList<string>? parts = null, double? weight = null, string? source = null) =>
        new(Modality.Segment, weight) { Picture = mask, Parts = parts is { Count: > 0 } ? parts : null, Source = source };

    /// <summary>A picture of which only the rough colours count; it may have any size.</summary>
    /// <exception cref="McdmException">A weight that is out of range.</exception>
    public static Condition FromLowResolution(Picture picture, double? weight = null, string? source = null) =>
        Of(Modality.LowResolution, picture, weight, source);

    /// <summary>The same condition for the expert of a name.</summary>
    /// <param name="expert">The name; null for the only expert of the modality.</param>
    public Condition For(string? expert) => new(this) { Expert = expert };

    /// <summary>The same picture with a sentence of its own, which its expert reads together with it.</summary>
    /// <exception cref="McdmException">Empty or broken text, or a condition of words.</exception>
    public Condition Saying(string text) =>
        new(this) { _contentHash = null, Text = Text is null || Picture is not null ? CheckText(text)
        : throw new McdmException("ConditionKind", ErrorKind.InvalidArgument,
        $"The condition {this} is a sentence already; one of its own is for a picture.") };

    /// <summary>The same condition, whose sentence is taken as letters.</summary>
    public Condition Literally() => new(this) { IsLiteral = true, _contentHash = null };

    /// <summary>The same picture, acting more or less strongly inside its expert's network.</summary>
    /// <param name="scale">By what a ControlNet's residuals are multiplied, 0…100.</param>
    /// <exception cref="McdmException"><c>ScaleOutOfRange</c>.</exception>
    public Condition Scaled(double scale) => scale is >= 0 and <= LargestScale ? new(this) { Scale = scale, _contentHash = null }
        : throw new McdmException("ScaleOutOfRange", ErrorKind.InvalidArgument,
            Invariant($"A control picture's scale is a number from 0 to {LargestScale}, such as 1 or 0.5, not {scale}."));

    /// <summary>The same control picture in guess mode.</summary>
    public Condition Guessing() => new(this) { IsGuess = true, _contentHash = null };

    /// <summary>The same control picture, fitted as is said where its shape is not the output's.</summary>
    public Condition Fitted(PictureFit? fit) => new(this) { Fit = fit, _contentHash = null };

    /// <summary>The same picture to change, with a weight of its own beside that of its sentence.</summary>
    /// <param name="weight">The weight; null for that of the sentence.</param>
    /// <exception cref="McdmException">A weight that is out of range.</exception>
    public Condition PictureWeighted(double? weight)
    {
        RequireWeight(weight ?? 1);
        return new(this) { PictureWeight = weight, _contentHash = null };
    }

    /// <summary>The same condition under a guidance that its network reads.</summary>
    /// <param name="guidance">The guidance, such as 8.5; 1 is none, null the usual one.</param>
    /// <exception cref="McdmException"><c>GuidanceOutOfRange</c>.</exception>
    public Condition Guided(double? guidance) => guidance is null or (>= 0 and <= LargestScale) ? new(this) { Guidance = guidance, _contentHash = null }
        : throw new McdmException("GuidanceOutOfRange", ErrorKind.InvalidArgument,
            Invariant($"Guidance is a number from 0 to {LargestScale}, such as 8.5, not {guidance}."));

    /// <summary>The same mask, of which only some parts are stated.</summary>
    /// <param name="parts">Names of the parts; none for all of them.</param>
    public Condition Stating(IReadOnlyList<string> parts) => new(this) { Parts = parts.Count > 0 ? parts : null };

    /// <summary>The same condition with another picture, of which all parts are stated.</summary>
    public Condition With(Picture picture) => new(this) { Picture = picture, Parts = null, _contentHash = null };

    /// <summary>The same condition under the hash of the value that it was made from, which was given in another form, such as another size.</summary>
    internal Condition Hashed(string hash) => new(this) { _contentHash = hash };

    /// <summary>The same condition with the weight number × schedule × region.</summary>
    /// <param name="weight">The number; null for 1 unless the model has a usual one.</param>
    /// <param name="schedule">Factor over the noise levels; null for 1.</param>
    /// <param name="region">Factor of each pixel; null for 1.</param>
    /// <exception cref="McdmException">A weight that is out of range.</exception>
    public Condition Weighted(double? weight, WeightSchedule? schedule = null, Picture? region = null)
    {
        RequireWeight(weight ?? 1);
        return new Condition(this) { GivenWeight = weight, Schedule = schedule, Region = region };
    }

    /// <summary>Refuses weights that are no numbers, or so large that float32, with its seven digits, would lose ε_u beside them.</summary>
    internal static void RequireWeight(double weight)
    {
        if (!double.IsFinite(weight))
        {
            throw new McdmException("WeightNotFinite", ErrorKind.InvalidArgument,
                Invariant($"A condition's weight is a finite number such as 1 or 0.5, not {weight}."));
        }
        if (Math.Abs(weight) > LargestWeight)
        {
            throw new McdmException("WeightOutOfRange", ErrorKind.InvalidArgument,
                Invariant($"A condition's weight is a number such as 1 or 0.5, at most {LargestWeight:0} either way, not {weight}."));
        }
    }

    private static string CheckText(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new McdmException("TextEmpty", ErrorKind.InvalidArgument,
                "The text of a condition is empty; say something such as 'this person has black hair'.");
        }
        return UnicodeText.Problem(text) is { } problem
            ? throw new McdmException("TextInvalid", ErrorKind.InvalidArgument, $"The text of a condition cannot be kept: {problem}.") : text.Trim();
    }

    private static void RequireKind(Modality modality, ConditionKind kind)
    {
        if (modality.Kind != kind)
        {
            throw new McdmException("ConditionKind", ErrorKind.InvalidArgument,
                $"A {modality} condition is made of {(modality.Kind == ConditionKind.Text ? "words" : "a picture")}, not of "
                + $"{(kind == ConditionKind.Text ? "words" : "a picture")}.");
        }
    }

    /// <summary>
    /// Conditions of one picture in the order in which they are composed and listed, whatever order they came in: by modality, expert, value and weight
    /// (number, region, schedule). What is in order is given back.
    /// </summary>
    public static IReadOnlyList<Condition> InOrder(IEnumerable<Condition> conditions) => conditions as Ordered ?? new Ordered(conditions
        .OrderBy(condition => condition.Modality.Order).ThenBy(condition => condition.Expert, StringComparer.OrdinalIgnoreCase)
        .ThenBy(condition => condition.ContentHash, StringComparer.Ordinal).ThenBy(condition => condition.Weight)
        .ThenBy(condition => condition.HashOfFactors(), StringComparer.Ordinal).ToList());

    private sealed class Ordered(List<Condition> conditions) : ReadOnlyCollection<Condition>(conditions);

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (Text is not null) { hash.AppendData(Encoding.UTF8.GetBytes(Text)); }
        if (Picture is not null) { Append(hash, Picture); }
        if (IsLiteral) { hash.AppendData("\\letters"u8); }
        if (IsGuess) { hash.AppendData("guess"u8); }
        if (Fit is { } fit) { hash.AppendData(Encoding.UTF8.GetBytes($"fit {fit}")); }
        if (PictureWeight is { } own) { hash.AppendData(Encoding.UTF8.GetBytes(Invariant($"picture {own:R}"))); }
        if (Guidance is { } guidance) { hash.AppendData(Encoding.UTF8.GetBytes(Invariant($"guidance {guidance:R}"))); }
        if (Scale != 1) { hash.AppendData(Encoding.UTF8.GetBytes(Invariant($"*{Scale:R}"))); }
        foreach (string part in Parts ?? []) { hash.AppendData(Encoding.UTF8.GetBytes("|" + part.ToLowerInvariant())); }
        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }

    /// <summary>A hash of what the weight's number is multiplied by.</summary>
    private string HashOfFactors()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (Region is not null) { Append(hash, Region); }
        foreach (var point in Schedule?.Points ?? []) { hash.AppendData(Encoding.UTF8.GetBytes(Invariant($"|{point.Level}:{point.Weight:R}"))); }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, Picture picture)
    {
        hash.AppendData(Encoding.UTF8.GetBytes($"{picture.Width}x{picture.Height}:"));
        hash.AppendData(picture.Rgba);
    }

    /// <summary>The value, without its weight, for people to read.</summary>
    public string Value
    {
        get
        {
            string value = Picture is null ? $"'{Text}'" : Source is not null ? Path.GetFileName(Source) : $"{Picture.Width}×{Picture.Height}";
            if (Picture is not null && Text is not null) { value += $" with '{Text}'"; }
            if (Scale != 1) { value += Invariant($" at scale {Scale:0.###}"); }
            if (Guidance is { } guidance) { value += Invariant($" under guidance {guidance:0.###}"); }
            if (PictureWeight is { } own) { value += Invariant($" of weight {own:0.###}"); }
            if (IsGuess) { value += " as a guess"; }
            return Parts is null ? value : $"{value} ({string.Join(", ", Parts)})";
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string weight = Weight == 1 ? "" : Invariant($" × {Weight:0.###}");
        return $"{Expert ?? Modality.Name} {Value}{weight}{(Schedule is null ? "" : " × schedule")}{(Region is null ? "" : " × region")}";
    }
}
