namespace Mcdm.Families.Shared;

/// <summary>Names of the files that diffusers writes into folders.</summary>
internal static class DiffusersFolder
{
    /// <summary>The file that makes a folder a pipeline.</summary>
    public const string IndexFile = "model_index.json";

    /// <summary>The file that describes a network in its folder.</summary>
    public const string ConfigFile = "config.json";
}
