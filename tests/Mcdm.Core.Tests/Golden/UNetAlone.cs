using System.Text.Json;
using Mcdm.Diffusion.Process;
using Mcdm.Experts;
using Mcdm.Families.Shared;
using Mcdm.Families.StableDiffusion.Experts;
using Mcdm.Families.StableDiffusion.Files;
using Mcdm.Families.StableDiffusion.Networks;
using Mcdm.Imaging;
using Mcdm.Modalities;
using Mcdm.Weights.Reading;
using static TorchSharp.torch;

namespace Mcdm.Core.Tests.Golden;

/// <summary>A U-Net of diffusers' without the rest of its model, and what adds pictures to it, as they are read where models are imported.</summary>
internal sealed class UNetAlone : IDisposable
{
    private const int Factor = 8;

    private readonly GoldenCase _golden;
    private readonly SharedLifetime _lifetime = new();
    private readonly List<IDisposable> _open = [];

    public UNetAlone(GoldenCase golden)
    {
        _golden = golden;
        string folder = Path.Combine(golden.Model, "unet");
        var options = JsonConfig.Read(Path.Combine(folder, DiffusersFolder.ConfigFile)).As<UNet2DConditionOptions>();
        var weights = Opened(NetworkWeights.Open(folder));
        var scheduler = SchedulerCase.Read(golden.Parameter("scheduler") ?? s_none, null, Path.Combine(golden.Model, "scheduler", SchedulerConfig.FileName));
        Host = new AdditionHost(new LatentDiffusionFiles("golden", golden.Model, new(weights, options), [], default, scheduler, LatentDiffusionFiles.UsualSampleSize),
            _lifetime, CPU, ScalarType.Float32);
        Network = new UNet2DConditionModel(Host.Read(weights), options);
    }

    private static readonly JsonElement s_none = JsonDocument.Parse("{}").RootElement;

    public AdditionHost Host { get; }

    public UNet2DConditionModel Network { get; }

    /// <summary>What the U-Net reads in a run: the prompt of a side or an expert, and the pictures of an entry.</summary>
    /// <param name="context">The prompt's tokens.</param>
    /// <param name="pooled">The prompt's vector.</param>
    /// <param name="entry">Where the pictures' parameters are; null for no pictures.</param>
    /// <param name="prefix">What the roles of the entry's pictures begin with.</param>
    /// <param name="schedule">By what features are multiplied; null for 1.</param>
    /// <param name="nothing">Whether image prompts show nothing.</param>
    public StableDiffusionInputs Inputs(Tensor context, Tensor pooled, JsonElement? entry, string prefix = "", WeightSchedule? schedule = null, bool nothing = false) =>
        new(new Prompt(context, pooled), _lifetime) { Sizes = _golden.Input("time_ids"), Additions = entry is { } parts ? [.. Added(parts, prefix, schedule, nothing)] : [] };

    public void Dispose()
    {
        _lifetime.GiveBack();
        foreach (var item in _open) { item.Dispose(); }
    }

    private IEnumerable<AddedPicture> Added(JsonElement entry, string prefix, WeightSchedule? schedule, bool nothing)
    {
        var start = _golden.Input("start");
        var space = new LatentSpace(4, (int)start.shape[2], (int)start.shape[3], new VariancePreserving(Host.Model.Scheduler.Schedule), Factor, "golden");
        foreach (var (ip, i) in Parts("ip").Select((part, i) => (part, i)))
        {
            var encoder = Opened(ImageEncoderFiles.Open(Path.Combine(_golden.Folder.Model, ip.GetProperty("encoder").GetString()!), null));
            var addition = Opened(ImageAdapterFiles.Open(Path.Combine(_golden.Folder.Model, ip.GetProperty("file").GetString()!)).With([encoder])).Open(Host)[0].Addition;
            yield return Of(addition, ip, ImageKinds.Photo(_golden.Input($"{prefix}photo{i}_0"))) with { Schedule = null };
        }
        foreach (var (t2i, i) in Parts("t2i").Select((part, i) => (part, i)))
        {
            var addition = Opened(T2IAdapterFiles.OpenFolder(_golden.Folder.ModelOf(t2i.GetProperty("golden").GetString()!), null)).Open(Host)[0].Addition;
            yield return Of(addition, t2i, ImageRunKinds.Shown(_golden.Input($"{prefix}hint{i}")[0])) with { Schedule = schedule };
        }

        IEnumerable<JsonElement> Parts(string kind) => entry.TryGetProperty(kind, out var parts) ? parts.EnumerateArray() : [];

        AddedPicture Of(UNetAddition addition, JsonElement part, Picture picture)
        {
            var read = addition.Read(addition.Understood(Condition.Of(Modality.Picture, picture), space, null).Picture);
            return new AddedPicture(addition, nothing ? addition.ReadNothing() ?? read : read, tensor(new[] { part.GetProperty("scale").GetSingle() }));
        }
    }

    private T Opened<T>(T item) where T : IDisposable
    {
        _open.Add(item);
        return item;
    }
}
