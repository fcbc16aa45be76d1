using Mcdm.Imaging;

namespace Mcdm.Modalities.LowResolution;

/// <summary>Roughly which colours are where. Adherence: how near the picture's own low-resolution version is to the wanted one, in decibels.</summary>
internal sealed class LowResolutionModality() : Modality("LowResolution")
{
    public override ConditionKind Kind => ConditionKind.Picture;

    public override string Source => "images";

    /// <summary>Every picture has rough colours.</summary>
    public override bool IsIn(ILabelledPicture item, string expert) => true;

    public override Condition ConditionOf(ILabelledPicture item, Picture picture, string expert) => Condition.FromLowResolution(picture);

    public override NetworkInput InputOf(EncoderData data) => NetworkInput.Map(LowResolutionEncoder.Channels);

    public override ConditionEncoder CreateEncoder(EncoderData data, int width, int height) => new LowResolutionEncoder(width, height);

    /// <summary>In decibels: an rms of a sixth of the range.</summary>
    public override double PoorScore => 15;

    public override Func<IObservation, Adherence> Expect(Condition condition, IJudge judge, Picture picture, string name)
    {
        var encoder = new LowResolutionEncoder(picture.Width, picture.Height);
        var wanted = encoder.Reduce(condition.Picture!);
        return _ => new Adherence { Score = PeakSignalToNoise.Between(encoder.Reduce(picture), wanted) };
    }
}
