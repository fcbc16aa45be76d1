using System.Text.Json;
using Mcdm.Diffusion.Composition;
using Mcdm.Diffusion.Samplers;
using Mcdm.Families;
using Mcdm.Modalities;
using Mcdm.Runtime;
using Xunit;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>Guess mode, and where a ControlNet's start and end lie, as diffusers has them: runs with the combiner Residual.</summary>
internal static class ControlHabits
{
    private const double Tolerance = 5e-4;

    /// <summary>Whether a case of the kind run-control is of guess mode, or of ControlNets with a start or an end.</summary>
    public static bool Has(GoldenCase golden) => golden.Parameter("guess") is not null || golden.Parameter("controlnets")?.EnumerateArray()
        .Any(control => control.TryGetProperty("start", out _) || control.TryGetProperty("end", out _)) == true;

    /// <summary>Such a case.</summary>
    public static void Check(GoldenCase golden)
    {
        using var folders = new ImportedFolders(golden);
        var controls = golden.Parameters.GetProperty("controlnets").EnumerateArray().ToList();
        var models = controls.ConvertAll(control => golden.Folder.Find(Path.Combine(golden.Folder.Place(control.GetProperty("golden").GetString()!), "model")));
        using var model = folders.Import([golden.Model, .. models], new ImportOptions());
        var run = new GoldenTrajectory(golden, model);
        int steps = run.Sampling.Steps;
        var path = SamplingPath.Of(run.Space.Process, run.Sampling);
        // A comment is a prompt that says nothing, and a condition all the same.
        string prompt = golden.Parameters.GetProperty("prompt").GetString()! is { Length: > 0 } said ? said : "# nothing";
        var conditions = new List<Condition> { Condition.FromText(prompt, golden.Parameters.GetProperty("guidance").GetDouble()) };
        for (int i = 0; i < controls.Count; i++)
        {
            int place = i;
            double[] keep = Enumerable.Range(0, steps).Select(step => IsKept(controls[place], step, steps) ? 1.0 : 0).ToArray();
            golden.Output("keep").select(1, i).to(ScalarType.Float64).data<double>().ToArray().Zip(keep).ToList().ForEach(pair => Assert.Equal(pair.First, pair.Second));
            var condition = Condition.Of(Modality.Picture, PictureTensor.FromTensor(golden.Input($"picture{i}")[0] * 2 - 1)).For(folders.NameOf(models[i]))
                .Scaled(controls[i].GetProperty("scale").GetDouble())
                .Weighted(1, new WeightSchedule(path.Steps.Select((step, at) => new WeightPoint((int)Math.Round(step.From.T), keep[at]))));
            conditions.Add(golden.Parameter("guess")?.GetBoolean() == true ? condition.Guessing() : condition);
        }
        run.Check(conditions, new Residual(), Tolerance);
    }

    private static bool IsKept(JsonElement control, int step, int steps) => (double)step / steps >= Number(control, "start", 0) && (double)(step + 1) / steps <= Number(control, "end", 1);

    private static double Number(JsonElement control, string name, double usual) => control.TryGetProperty(name, out var value) ? value.GetDouble() : usual;
}
