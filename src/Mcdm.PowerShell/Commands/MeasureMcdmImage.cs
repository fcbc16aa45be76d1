using System.Management.Automation;
using Mcdm.Datasets;
using Mcdm.Evaluation;
using Mcdm.Generation;
using Mcdm.Modalities;
using Mcdm.Runtime;

namespace Mcdm.PowerShell.Commands;

/// <summary>Measures how well pictures obey their conditions, and how a set of pictures compares with a reference.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "McdmImage", DefaultParameterSetName = ImageSet)]
[OutputType(typeof(ImageMeasurement))]
[OutputType(typeof(SetMeasurement))]
public sealed class MeasureMcdmImage : ImageCmdlet
{
    private const int BatchSize = 32;

    private readonly List<Expectation> _pending = [];
    private readonly List<ImageMeasurement> _measured = [];
    private Judge? _judge;
    private IReadOnlyList<Judgement>? _reference;

    /// <summary>What every picture should obey, instead of what its recipe says.</summary>
    [Parameter]
    [ConditionTransformation]
    [ValidateNotNullOrEmpty]
    public Condition[]? Condition { get; set; }

    /// <summary>One measurement of the whole set instead of one a picture.</summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    /// <summary>Folder of pictures, or of a dataset, to compare the whole set with.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Reference { get; set; }

    /// <summary>The judge: the name of one that ships with the module, or the folder of one that Start-McdmTraining -Judge trained.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(JudgeNames))]
    [ValidateNotNullOrEmpty]
    public string Judge { get; set; } = JudgeLibrary.Default;

    /// <summary>Where the judge computes; the fastest device by default.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DeviceNames))]
    public string? Device { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        _judge = JudgeLibrary.Load(Judge, ResolveOutput, ComputeDevice.Select(Device, WriteWarning));
        if (Reference is not null) { _reference = Look(PictureDataset.Open(ResolveInput(Reference, literal: true)).Items); }
    }


    /// <inheritdoc/>
    protected override void OnEnd()
    {
        MeasurePending();
        if ((Summary || _reference is not null) && _measured.Count > 0) { WriteObject(SetMeasurement.Of(_measured, _reference)); }
    }

    /// <inheritdoc/>
    protected override void ProcessImage(McdmImage image)
    {
        IReadOnlyList<Condition> conditions = Condition ?? image.Recipe?.Conditions.Select(condition => condition.ToCondition()).ToArray() ?? [];
        if (conditions.Count == 0 && _reference is null)
        {
            throw new McdmException("NothingToMeasure", ErrorKind.InvalidArgument, image.Recipe is null
                ? $"'{image.FileName}' carries no recipe, so what it should obey is not known; say so with -Condition, or give -Reference to compare the whole set with."
                : $"'{image.FileName}' was sampled without conditions, so there is nothing it should obey; give -Condition, or -Reference to compare the whole set with.");
        }
        _pending.Add(new Expectation(_judge!, image, conditions));
        if (_pending.Count == BatchSize) { MeasurePending(); }
    }

    /// <summary>The judge looks at many pictures in little more time than at one.</summary>
    private void MeasurePending()
    {
        Cancellation.ThrowIfCancellationRequested();
        var measured = _judge!.Look(_pending.ConvertAll(expected => expected.Picture)).Zip(_pending, (seen, expected) => expected.Against(seen)).ToList();
        _pending.Clear();
        if (Summary || _reference is not null) { _measured.AddRange(measured); }
        else { WriteObject(measured, enumerateCollection: true); }
    }

    private List<Judgement> Look(IReadOnlyList<DatasetItem> items)
    {
        SetMeasurement.RequireEnough(items.Count, $"The reference '{Reference}'");
        using var progress = StartProgress("Looking at the reference");
        var seen = new List<Judgement>();
        foreach (var batch in items.Chunk(BatchSize))
        {
            Cancellation.ThrowIfCancellationRequested();
            var pictures = batch.Select(item => item.ReadPicture(WriteVerbose)).ToList();
            foreach (var (picture, item) in pictures.Zip(batch)) { _judge!.RequireSize(picture, $"'{item.PicturePath}'"); }
            seen.AddRange(_judge!.Look(pictures));
            progress.Update(seen.Count, items.Count);
        }
        return seen;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _judge?.Dispose();
        base.Dispose(disposing);
    }
}
