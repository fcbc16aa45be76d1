namespace Mcdm.PowerShell.Hosting;

/// <summary>Where a cmdlet's page of help is, as its <c>HelpUri</c> says.</summary>
internal static class HelpPage
{
    /// <summary>The folder of the pages. It is relative to the sources for as long as they have no public address: that one belongs before it.</summary>
    public const string Folder = "docs/help/";
}
