using System.Globalization;
using Mcdm.Experts;
using Mcdm.Imaging.Drawing;
using Mcdm.Modalities;
using Mcdm.Runtime;
using static TorchSharp.torch;

namespace Mcdm.Families.Adm;

/// <summary>ε_u: nothing is read. A network of classes cannot be it, since none of them means none.</summary>
/// <param name="AsPublished">Whether it is changed by the sentence of another row, as in the published program of Unite and Conquer.</param>
internal sealed record AdmUnconditional(bool AsPublished = false) : AdmRole(Expert.NameOf(null), null)
{
    /// <inheritdoc/>
    public override (AdmInputs Inputs, Condition Normal) Encode(Condition condition, LatentSpace space, Action<string>? note) =>
        throw new McdmException("ExpertIsUnconditional", ErrorKind.InvalidArgument,
            $"The unconditional expert takes no condition, so {condition} cannot be given to it.");

    /// <inheritdoc/>
    public override AdmInputs Unconditioned() => new() { AlwaysTold = AsPublished };
}

/// <summary>A class of pictures, by its number: a text such as '207'.</summary>
/// <param name="Classes">Their number.</param>
internal sealed record AdmClass(long Classes) : AdmRole("class", Modality.Text)
{
    /// <inheritdoc/>
    public override (AdmInputs Inputs, Condition Normal) Encode(Condition condition, LatentSpace space, Action<string>? note) =>
        (new() { Labels = NumberOf(condition.Text, Classes) }, condition);

    /// <summary>The class that a text names, int64 [1].</summary>
    /// <exception cref="McdmException"><c>ClassUnknown</c>.</exception>
    internal static Tensor NumberOf(string? text, long classes) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        && number < classes
        ? tensor(new[] { number })
        : throw new McdmException("ClassUnknown", ErrorKind.InvalidArgument,
            $"'{text}' is no class of this model: give a number from 0 to {classes - 1}, in the order of the pictures that it learnt (ImageNet's, for "
            + "OpenAI's models).");
}

/// <summary>A small picture to enlarge; a network of classes reads one too, as the condition's sentence.</summary>
/// <param name="Ratio">By how much it enlarges.</param>
/// <param name="Classes">Classes; 0 for none.</param>
internal sealed record AdmUpsampler(int Ratio, long Classes) : AdmRole(Modality.LowResolution.ExpertName, Modality.LowResolution)
{
    /// <inheritdoc/>
    public override (AdmInputs Inputs, Condition Normal) Encode(Condition condition, LatentSpace space, Action<string>? note)
    {
        var small = PictureResize.ToSize(PictureResize.Flatten(condition.Picture!), space.PictureWidth / Ratio, space.PictureHeight / Ratio, ResizeKind.Smooth,
            note);
        var pixels = PictureTensor.ToTensor(small).unsqueeze(0);
        return (new() { LowResolution = pixels, Labels = Classes == 0 ? null : AdmClass.NumberOf(condition.Text, Classes) }, condition.With(small));
    }
}

/// <summary>A map of flat colours: the face's parts, or the hair (Unite and Conquer).</summary>
/// <param name="Map">Which of the two.</param>
/// <param name="AsPublished">As for <see cref="AdmUnconditional"/>.</param>
internal sealed record UniteMap(string Map, bool AsPublished) : AdmRole(Map, Modality.Picture)
{
    public const string Face = "face", Hair = "hair";

    /// <inheritdoc/>
    public override (AdmInputs Inputs, Condition Normal) Encode(Condition condition, LatentSpace space, Action<string>? note)
    {
        var picture = PictureResize.ToSize(PictureResize.Flatten(condition.Picture!), space.PictureWidth, space.PictureHeight, ResizeKind.Nearest, note);
        var pixels = PictureTensor.ToTensor(picture).unsqueeze(0);
        return (Map == Face ? new() { Face = pixels, AlwaysTold = AsPublished } : new() { Hair = pixels, AlwaysTold = AsPublished }, condition.With(picture));
    }
}

/// <summary>A sentence as an embedding of length 1 (Unite and Conquer, by FaRL).</summary>
/// <param name="Sentence">A sentence's embedding, [1, width].</param>
internal sealed record UniteText(Func<string, Action<string>?, Tensor> Sentence) : AdmRole(Modality.Text.ExpertName, Modality.Text)
{
    /// <inheritdoc/>
    public override (AdmInputs Inputs, Condition Normal) Encode(Condition condition, LatentSpace space, Action<string>? note) =>
        (new() { Sentence = Sentence(condition.Text!, note) }, condition);
}

/// <summary>A sketch: dark lines on light paper (Unite and Conquer).</summary>
internal sealed record UniteSketch() : AdmRole(Modality.Sketch.ExpertName, Modality.Sketch)
{
    /// <inheritdoc/>
    public override (AdmInputs Inputs, Condition Normal) Encode(Condition condition, LatentSpace space, Action<string>? note)
    {
        var picture = PictureResize.ToSize(PictureResize.Flatten(condition.Picture!), space.PictureWidth, space.PictureHeight, ResizeKind.Smooth, note);
        return (new() { Sketch = PictureTensor.ToTensor(picture).mean([0], keepdim: true).expand(3, -1, -1).unsqueeze(0) }, condition.With(picture));
    }
}
