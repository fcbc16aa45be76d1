namespace Mcdm.PowerShell.Tests.Architecture;

/// <summary>The source as people read it.</summary>
public sealed class LineTests
{
    private const int Longest = 160;

    [Fact]
    public void No_line_is_longer_than_a_screen()
    {
        string[] files = Directory.GetFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")).ToArray();
        Assert.InRange(files.Length, 300, 2000);
        Assert.Empty(files.SelectMany(path => File.ReadLines(path).Select((line, i) => (Place: $"{Path.GetFileName(path)}:{i + 1}", line.Length)))
            .Where(line => line.Length > Longest).Select(line => $"{line.Place} has {line.Length} characters"));
    }
}
