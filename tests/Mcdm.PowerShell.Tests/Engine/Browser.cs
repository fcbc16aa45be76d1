using OpenQA.Selenium.Chrome;

namespace Mcdm.PowerShell.Tests;

/// <summary>A test that needs headless Chromium and ChromeDriver (Debian's packages chromium and chromium-driver); skipped where they are not installed.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    /// <summary>Skips, with the reason, where there is no browser.</summary>
    public BrowserFactAttribute()
    {
        if (!Browser.IsInstalled) { Skip = "Chromium and ChromeDriver are not installed (Debian: apt-get install chromium chromium-driver)."; }
    }
}

/// <summary>Headless Chromium, cut off from the network.</summary>
internal static class Browser
{
    private const string Chromium = "/usr/bin/chromium", Driver = "/usr/bin/chromedriver";

    /// <summary>Windows' programs under Wine see Linux' files, and cannot run them.</summary>
    public static bool IsInstalled => !OperatingSystem.IsWindows() && File.Exists(Chromium) && File.Exists(Driver);

    public static ChromeDriver Open(int width, int height)
    {
        var options = new ChromeOptions { BinaryLocation = Chromium };
        options.AddArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", $"--window-size={width},{height}");
        return new ChromeDriver(ChromeDriverService.CreateDefaultService(Driver), options, TimeSpan.FromMinutes(2));
    }
}
