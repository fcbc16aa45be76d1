using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Mcdm.Modalities;
using Mcdm.Modalities.LowResolution;
using Mcdm.Modalities.Pictures;
using Mcdm.Modalities.Segment;
using Mcdm.Modalities.Sketch;
using Mcdm.Modalities.Text;

namespace Mcdm.Registries;

/// <summary>The modalities that the module has, in the order in which conditions of a picture are listed.</summary>
internal static class BuiltInModalities
{
    /// <summary>Runs when the assembly is loaded, so that contracts need not name their heirs.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "A registry above what it lists has to come to be before anybody asks.")]
    internal static void Register()
    {
        foreach (Modality modality in new Modality[] { new TextModality(), new SketchModality(), new SegmentModality(), new LowResolutionModality(),
            new PictureModality() })
        {
            Modality.Register(modality);
        }
    }
}
