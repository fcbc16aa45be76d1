using Mcdm.Imaging;
using Mcdm.Training;

namespace Mcdm.Display.Sheets;

/// <summary>Pictures as a network sees them, each beside what is read of it, and words under it.</summary>
public static class TrainingSheet
{
    /// <summary>Captions and attributes are longer than names.</summary>
    private const int Lines = 12;

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
