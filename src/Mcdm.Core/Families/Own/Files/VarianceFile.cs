using System.Text.Json;
using Mcdm.Diffusion.Composition;
using Mcdm.Files;
using Mcdm.Json;

namespace Mcdm.Families.Own.Files;

/// <summary>A pack's table of variances: JSON beside its description.</summary>
internal static class VarianceFile
{
    public const string Name = "variances.json";

    /// <exception cref="McdmException"><c>VariancesInvalid</c>: it is missing, though the description names it, or says nothing that makes sense.</exception>
    public static VarianceTable Read(string path)
    {
        try
        {
            var table = JsonSerializer.Deserialize<VarianceTable>(File.ReadAllText(path), ModelJson.Options) ?? throw new JsonException("it is null");
            return table.Problem() is { } wrong ? throw new JsonException(wrong) : table;
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            throw new McdmException("VariancesInvalid", ErrorKind.InvalidData,
                $"'{path}' is no table of variances: {e.Message.TrimEnd('.')}. Copy the model folder again, or measure them with Measure-McdmVariance.", e);
        }
    }

    public static void Write(string path, VarianceTable table) => AtomicFile.WriteText(path, JsonSerializer.Serialize(table, ModelJson.Options) + "\n");
}
