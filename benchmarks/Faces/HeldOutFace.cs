using System.Text.Json;
using System.Text.RegularExpressions;
using Mcdm.Datasets;
using Mcdm.Imaging;
using Mcdm.Imaging.Lines;
using Mcdm.Modalities;
using Mcdm.Modalities.Segment;

namespace Mcdm.Benchmarks.Faces;

/// <summary>A face no model saw, with what a judge needs of it: the picture, its edges and its sketch at the models' size, the mask's parts at that of <see cref="FaceJudge"/>.</summary>
internal sealed partial record HeldOutFace(string Name, Picture Picture, bool[] Edges, string[] MaskParts, string HairColor, Condition Text, Condition Sketch, Condition Segment)
{
    /// <summary>The first faces whose hair can be seen and whose caption says its colour.</summary>
    /// <param name="folder">The faces.</param>
    /// <param name="size">Side in pixels that they are read at: the model's.</param>
    public static IEnumerable<HeldOutFace> Read(string folder, int size)
    {
        var dataset = PictureDataset.Open([folder]);
        var masks = new SegmentEncoder(dataset.Parts, FaceJudge.Size, FaceJudge.Size);
        var attributes = File.ReadLines(Path.Combine(folder, "attributes.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(face => Path.GetFileNameWithoutExtension(face.GetProperty("file").GetString()!));
        foreach (var item in dataset.Items)
        {
            var face = attributes[item.Name];
            string? style = face.GetProperty("hairStyle").GetString(), color = face.GetProperty("hairColor").GetString();
            string caption = item.Captions[0];
            if (style is null or "bald" || color is null || !StatesHairColor().IsMatch(caption)) { continue; }
            var picture = item.ReadPicture(size, size);
            bool[] edges = CannyEdges.Find(picture);
            var mask = Condition.FromSegment(item.ReadMask!());
            yield return new HeldOutFace(item.Name, picture, edges, masks.Classes(mask).Select(part => dataset.Parts[part].Name).ToArray(), color,
                Condition.FromText(caption), Condition.FromSketch(SketchLines.ToPicture(edges, size, size)), mask);
        }
    }

    [GeneratedRegex("(black|brown|brunette|blonde?|fair|golden|red|ginger|gr[ea]y|silver|pink) hair", RegexOptions.IgnoreCase)]
    private static partial Regex StatesHairColor();
}
