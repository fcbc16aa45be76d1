namespace Mcdm.Families;

/// <summary>What models and experts from files and folders are called.</summary>
internal static class ModelName
{
    private const int LongestName = 64;

    /// <summary>What programs call every model that they write.</summary>
    private static readonly string[] s_namesOfNothing = ["model", "unet", "controlnet", "diffusion_pytorch_model", "pytorch_lora_weights", "adapter_model"];

    /// <summary>
    /// Its name there, of letters that names may have. A name that says nothing gives way to that of the folder around it, and a snapshot in a
    /// hub's cache to its repository's.
    /// </summary>
    public static string Of(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), name = Path.GetFileName(full);
        if (File.Exists(full)) { name = Path.GetFileNameWithoutExtension(name); }
        string? around = Path.GetDirectoryName(full);
        if (around is not null && Path.GetFileName(around) == "snapshots") { return Safe(Path.GetFileName(Path.GetDirectoryName(around)!).Split("--")[^1]); }
        return s_namesOfNothing.Contains(name) && around is not null && Path.GetFileName(around).Length > 0 ? Of(around) : Safe(name);
    }

    /// <summary>A name of letters that names of experts may have.</summary>
    public static string Safe(string name)
    {
        string safe = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '-')).Trim('-', '_');
        return safe.Length == 0 ? "model" : safe[..Math.Min(safe.Length, LongestName)];
    }
}
