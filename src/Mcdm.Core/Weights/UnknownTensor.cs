
namespace Mcdm.Weights;

/// <summary>A name that no tensor of a file has.</summary>
internal static class UnknownTensor
{
    public static McdmException Of(string path, string name, IReadOnlyList<string> names, string id = "WeightsUnknownTensor")
    {
        string? nearest = SafeTensorsNames.Nearest(name, names);
        return new(id, ErrorKind.NotFound,
            $"'{path}' holds no tensor '{name}'" + (nearest is null ? "; it holds none at all." : $"; the nearest name is '{nearest}'."));
    }
}
