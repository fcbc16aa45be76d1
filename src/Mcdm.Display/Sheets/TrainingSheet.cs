using Mcdm.Datasets;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Training;

namespace Mcdm.Display.Sheets;

/// <summary>Pictures as a network sees them, each beside what is read of it, and words under it.</summary>
public static class TrainingSheet
{
    /// <summary>Captions and attributes are longer than names.</summary>
    private const int Lines = 12;

    /// <summary>What the sheet is called.</summary>
    public const string Name = "preview";

    /// <summary>What experts of all modalities would see of a dataset's pictures in the first step of a training with the usual settings.</summary>
    /// <param name="dataset">The dataset. Where a picture or label of it cannot be read, the reason stands in its place.</param>
    /// <exception cref="McdmException">No picture can be read: the reason why the first cannot.</exception>
    public static Picture Of(PictureDataset dataset)
    {
        var trainer = new Trainer(dataset, new ExpertTarget().Options(new TrainingOptions()), folder: "");
        var errors = new List<McdmException>();
        var seen = trainer.FirstStep.Select(item =>
        {
            try
            {
                return trainer.See(item);
            }
            catch (McdmException e)
            {
                errors.Add(e);
                return new SeenPicture(item.Name, null, [("", new LabelView(null, e.Message))]);
            }
        }).ToList();
        return errors.Count < seen.Count ? Of(seen) : throw errors[0];
    }

    /// <param name="seen">The pictures, at least one.</param>
    /// <exception cref="McdmException">As <see cref="ContactSheet.Arrange"/>.</exception>
    public static Picture Of(IReadOnlyList<SeenPicture> seen)
    {
        List<string> names = [.. seen.SelectMany(picture => picture.Labels)
            .Where(label => label.View.Picture is not null).Select(label => label.Name).Distinct()];
        int across = names.Count + 1, groups = Math.Clamp((int)Math.Ceiling(Math.Sqrt((double)seen.Count / across)), 1, seen.Count);
        IEnumerable<Picture?> cells = seen.SelectMany(picture => names
            .Select(name => picture.Labels.FirstOrDefault(label => label.Name == name).View.Picture).Prepend(picture.Picture));
        IEnumerable<string> texts = seen.SelectMany(picture => Enumerable.Repeat("", names.Count).Prepend(TextOf(picture)));
        return ContactSheet.Arrange([.. cells], [.. texts], new ContactSheetOptions
        {
            ColumnHeaders = [.. Enumerable.Repeat(names.Prepend("picture"), groups).SelectMany(headers => headers)],
            MaxTextLines = Lines,
        });
    }

    private static string TextOf(SeenPicture picture) =>
        string.Join(": ", picture.Labels.Select(label => label.View.Text).OfType<string>().Prepend(picture.Name));
}
