using Mcdm.Core.Tests.Sampling;
using Mcdm.Diffusion.Schedules;
using Mcdm.Families.Adm;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>The two networks of Unite and Conquer, and their composition: by rule (12), and as the authors' program does it.</summary>
internal sealed class UniteKinds : IGoldenKind
{
    private const double ForwardTolerance = 1e-4, RunTolerance = 1e-3;

    public IReadOnlyList<string> Kinds => ["unite-face", "unite-sketch", "unite-sample-rule", "unite-sample-published"];

    public void Check(GoldenCase golden)
    {
        if (golden.Kind.StartsWith("unite-sample", StringComparison.Ordinal)) { Sample(golden); } else { Forward(golden); }
    }

    private static void Forward(GoldenCase golden)
    {
        using var run = AdmRun.OfFolder(golden.Model);
        var output = run.Network.Forward(golden.Input("x"), golden.Input("t"), new AdmInputs
        {
            Face = Optional("face"),
            Hair = Optional("hair"),
            Sketch = Optional("sketch"),
            Sentence = Optional("image_embed"),
            AsPublished = golden.Parameter("published")?.GetBoolean() == true,
        });
        golden.AssertLargestClose("prediction", output.Prediction, ForwardTolerance);
        if (golden.HasOutput("variance")) { golden.AssertLargestClose("variance", output.Variance!, ForwardTolerance); }

        Tensor? Optional(string role) => golden.HasInput(role) ? golden.Input(role) : null;
    }

    private static void Sample(GoldenCase golden)
    {
        bool published = golden.Kind == "unite-sample-published";
        using var face = AdmRun.OfFolder(Folder("face_model"));
        using var sketch = AdmRun.OfFolder(Folder("sketch_model"));
        var weights = golden.Parameters.GetProperty("weights").EnumerateObject().ToDictionary(weight => weight.Name, weight => weight.Value.GetDouble());
        // Theirs adds no unconditional row for one map or sentence alone, and then takes the only row for it: nothing is left.
        bool nothing = published && weights.Count == 1 && !weights.ContainsKey("sketch");
        // Their encoder's sentence changes every row of the batch once one has it.
        bool spoilt = published && weights.ContainsKey("text");
        var conditions = weights.Keys.ToDictionary(name => name, name => golden.Input(name == "text" ? "image_embed" : name));
        Tensor? first = null;
        var respacing = new AdmRespacing(NoiseSchedule.Create(new(face.Options.Schedule, face.Options.Steps)),
            golden.Parameters.GetProperty("respacing").GetString()!);
        var steps = AdmRun.Steps(respacing, golden.Input("x_T"), Predict, face.Options, golden.Parameters.GetProperty("clip_denoised").GetBoolean(), null).ToList();
        golden.AssertLargestClose("eps_1", first!, ForwardTolerance);
        golden.AssertLargestClose("x_1_2_3", stack(steps.Take(3)), RunTolerance);
        golden.AssertLargestClose("sample", steps[^1], RunTolerance);

        AdmPrediction Predict(Tensor z, Tensor t)
        {
            var unconditional = Rows(face, z, t, new AdmInputs());
            var composed = nothing ? zeros_like(z) : unconditional;
            if (!nothing)
            {
                foreach (var (name, weight) in weights) { composed = composed + weight * (Rows(name == "sketch" ? sketch : face, z, t, Inputs(name)) - unconditional); }
            }
            first ??= composed;
            return new(composed, null);
        }

        AdmInputs Inputs(string name) => name switch
        {
            "face" => new() { Face = conditions[name] },
            "hair" => new() { Hair = conditions[name] },
            "text" => new() { Sentence = conditions[name] },
            _ => new() { Sketch = conditions[name] },
        };

        Tensor Rows(AdmRun run, Tensor z, Tensor t, AdmInputs inputs)
        {
            if (!spoilt || run == sketch) { return run.Network.Forward(z, t, inputs).Prediction; }
            // Beside the row of the sentence.
            var text = conditions["text"];
            var both = inputs with
            {
                Face = Beside(inputs.Face),
                Hair = Beside(inputs.Hair),
                Sentence = cat([inputs.Sentence ?? zeros_like(text), text], 0),
                AsPublished = true,
            };
            return run.Network.Forward(cat([z, z], 0), cat([t, t], 0), both).Prediction.narrow(0, 0, 1);
        }

        Tensor? Beside(Tensor? map) => map is null ? null : cat([map, zeros_like(map)], 0);

        string Folder(string parameter) => golden.Folder.Find(Path.Combine(golden.Parameters.GetProperty(parameter).GetString()!, "model"));
    }
}
