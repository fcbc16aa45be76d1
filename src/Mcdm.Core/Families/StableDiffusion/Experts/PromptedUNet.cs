using Mcdm.Experts;
using Mcdm.Families.StableDiffusion.Networks;
using static TorchSharp.torch;

namespace Mcdm.Families.StableDiffusion.Experts;

/// <summary>
/// A U-Net and the text encoder whose prompts it reads, which experts share: the plain one, and for a LoRA the same weights with its changes.
/// </summary>
/// <param name="unet">The U-Net.</param>
/// <param name="prompts">The text encoder.</param>
/// <param name="device">Where they compute.</param>
/// <param name="lifetime">The weights, which those that are equal but for a LoRA share.</param>
internal sealed class PromptedUNet(UNet2DConditionModel unet, PromptEncoder prompts, Device device, SharedLifetime lifetime)
{
    /// <summary>
    /// Places of latents that go through the network together at most: four pictures of 512², sixteen of 256². A rule and no look at the memory that is free, for batches
    /// change the rounding.
    /// </summary>
    private const long MostPlaces = 4 * 64 * 64;

    private readonly Lazy<Tensor> _empty = new(() => lifetime.With(prompts.Encode("").DetachFromDisposeScope()));

    /// <summary>The U-Net.</summary>
    public UNet2DConditionModel UNet => unet;

    /// <summary>The text encoder.</summary>
    public PromptEncoder Prompts => prompts;

    /// <summary>Where they compute.</summary>
    public Device Device => device;

    /// <summary>The networks, known by their weights, with the number of parameters of each.</summary>
    public IEnumerable<(object Network, long Parameters)> Networks => [(lifetime, unet.Parameters + prompts.Parameters)];

    /// <summary>The weights.</summary>
    public SharedLifetime Lifetime => lifetime;

    /// <summary>The embedding of the empty prompt, [1, tokens, width]; stays this object's.</summary>
    public Tensor Empty => _empty.Value;

    /// <summary>What the network predicts.</summary>
    /// <param name="call">The rows.</param>
    /// <param name="t">Noise level 1…T, or between two; the network counts from 0.</param>
    /// <returns>ε or v, float32, of z's shape.</returns>
    public Tensor Predict(UNetCall call, double t)
    {
        using var scope = NewDisposeScope();
        var time = TimeOf(call, t);
        var words = WordsOf(call);
        return unet.Forward(call.Z, time, words, Residuals(call, time, words)).MoveToOuterDisposeScope();
    }

    /// <summary>What the network predicts of several experts' rows, which go through it together; of a batch that would be too large, as many as fit.</summary>
    /// <param name="questions">What experts of this network are asked.</param>
    /// <param name="t">As for <see cref="Predict"/>.</param>
    /// <returns>A prediction for each question.</returns>
    public IReadOnlyList<Tensor> PredictAll(IReadOnlyList<Question> questions, double t)
    {
        var calls = questions.Select(question => (question.Expert as IUNetExpert ?? (IUNetExpert)Expert.Of(question.Expert)!).CallOf(question.Z, question.Condition)).ToList();
        var predictions = new List<Tensor>();
        for (int first = 0; first < calls.Count;)
        {
            int last = first + 1;
            for (long taken = Places(calls[first]); last < calls.Count && taken + Places(calls[last]) <= MostPlaces; last++) { taken += Places(calls[last]); }
            predictions.AddRange(last == first + 1 ? [Predict(calls[first], t)] : Together(calls.GetRange(first, last - first), t));
            first = last;
        }
        return predictions;

        static long Places(UNetCall call) => call.Z.shape[0] * call.Z.shape[2] * call.Z.shape[3];
    }

    private Tensor[] Together(List<UNetCall> calls, double t)
    {
        using var scope = NewDisposeScope();
        var times = calls.ConvertAll(call => TimeOf(call, t));
        var words = calls.ConvertAll(WordsOf);
        var residuals = calls.Select((call, i) => Residuals(call, times[i], words[i])).ToList();
        long[] rows = calls.Select(call => call.Z.shape[0]).ToArray();
        var predicted = unet.Forward(cat(calls.Select(call => call.Z).ToArray()), cat(times), cat(words), ControlResiduals.Stack(residuals, rows));
        return predicted.split(rows).Select(prediction => prediction.MoveToOuterDisposeScope()).ToArray();
    }

    private Tensor TimeOf(UNetCall call, double t) => full([call.Z.shape[0]], t - 1, dtype: ScalarType.Float32, device: device);

    private static Tensor WordsOf(UNetCall call) => call.Context.expand(call.Z.shape[0], -1, -1);

    private static ControlResiduals? Residuals(UNetCall call, Tensor time, Tensor words)
    {
        ControlResiduals? sum = null;
        foreach (var control in call.Controls)
        {
            var residuals = control.Network.Forward(call.Z, time, words, control.Picture, 1).Times(control.Scales);
            sum = sum?.Add(residuals) ?? residuals;
        }
        return sum;
    }

    /// <summary>Bytes of what one picture keeps alive while the network runs, roughly.</summary>
    public long BytesPerPicture(LatentSpace space) => Expert.LiveBytes((long)space.Height * space.Width, unet.Options.Shape.Channels[0]);
}
