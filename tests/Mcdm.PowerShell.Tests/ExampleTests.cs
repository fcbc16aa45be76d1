using Mcdm.Experts;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.PowerShell.Tests.Commands;

namespace Mcdm.PowerShell.Tests;

/// <summary>The scripts in examples/, run on a tiny model.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class ExampleTests(PowerShellEngine engine) : TinyModelTests(engine)
{
    private const int MostLines = 40;
    private static string Example(string name) => Path.Combine(Checkout.Root, "examples", name);

    private EngineResult Run(string name, string arguments) =>
        Engine.Invoke($"param($script, $model, $data) & $script {arguments}", ("script", Example(name)), ("model", Model), ("data", TinyModel.Data)).WithoutErrors();

    [Fact]
    public void Each_is_short_and_begins_with_what_it_does_and_how_to_run_it() => Assert.All(Directory.GetFiles(Example(""), "*.ps1", SearchOption.AllDirectories), file =>
    {
        string[] lines = File.ReadAllLines(file);
        Assert.True(lines.Length < MostLines, $"{file} has {lines.Length} lines");
        Assert.StartsWith("# ", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines.Take(4), line => line.Contains(Path.GetFileName(file), StringComparison.Ordinal));
    });

    [Fact]
    public void A_weight_sweep_is_a_sheet_of_all_pairs_of_weights()
    {
        Run("weight-sweep.ps1", "-Model $model -Sketch ./sketch.png -Text 'a red disc' -Weight 0, 1 -Steps 1 -Out ./out");
        var sheet = PictureFile.Read(Path.Combine(Folder, "out", "weight-sweep.png"));
        Assert.True(sheet.Width >= 2 * 16 && sheet.Height >= 2 * 16, $"{sheet.Width}×{sheet.Height}");
    }

    [Fact]
    public void One_trains_ones_own_model_and_adds_a_modality_to_it()
    {
        const string tiny = "-Settings @{ ImageSize = 16; Channels = 8, 16; Blocks = 1, 1; BatchSize = 2 }";
        Run("train-your-own.ps1", $"-Pictures $data -Runs ./runs -Steps 4 {tiny}");
        Run("train-your-own.ps1", $"-Pictures $data -Runs ./runs -Steps 4 {tiny}");
        Assert.Equal(5, File.ReadLines(Path.Combine(Folder, "runs", "unconditional", "loss.csv")).Count());
        var result = Run("add-modality.ps1", $"-Model ./runs/Own -Captioned $data -Out ./with-text -Steps 2 {tiny}");
        Assert.Equal([Modality.Text, Modality.Sketch], result.Output.Select(o => o.BaseObject).OfType<Model>().Single().Modalities);
    }
}
