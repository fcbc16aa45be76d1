namespace Mcdm.Host;

/// <summary>Finds the checkout this host was built in.</summary>
internal static class ModuleLocator
{
    public static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string manifest = Path.Combine(folder.FullName, "Mcdm.psd1");
            if (File.Exists(manifest)) { return manifest; }
        }
        throw new FileNotFoundException($"Mcdm.psd1 is in no folder above '{AppContext.BaseDirectory}'; run the host from where it was built.");
    }
}
