using Mcdm.Diffusion.Process;
using Mcdm.Diffusion.Schedules;
using Mcdm.Families.Adm;
using Mcdm.Families.Shared;
using Xunit;

namespace Mcdm.Core.Tests.Formats;

public sealed class AdmConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File(AdmConfig.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_not_said_is_as_the_original_has_it()
    {
        Assert.Equal(new AdmOptions(), Read("{}"));
        Assert.Equal(new AdmOptions(), Read("""{"family":null,"noise_schedule":null,"num_heads":null,"num_head_channels":null}"""));
        var options = Read("""{"family":"adm-upsampler","large_size":256,"small_size":64,"num_heads":8,"num_head_channels":-1,"num_heads_upsample":2,"use_new_attention_order":true,"diffusion_steps":4000,"noise_schedule":"cosine","predict_xstart":true,"rescale_timesteps":true,"dropout":0.1}""");
        Assert.Equal(new AdmOptions
        {
            Family = AdmKind.Upsampler,
            ImageSize = 256,
            SmallSize = 64,
            Heads = 8,
            UpsampleHeads = 2,
            NewAttentionOrder = true,
            Steps = 4000,
            Schedule = NoiseScheduleKind.Cosine,
            Prediction = PredictionKind.Sample,
            RescaleTimesteps = true,
        }, options);
        Assert.Equal(250, options.Time(1000));
    }

    [Theory]
    [InlineData("""{"noise_schedule":"sqrt"}""", "noise_schedule")]
    [InlineData("""{"family":"glide"}""", "family")]
    [InlineData("""{"num_heads":0}""", "num_heads")]
    [InlineData("""{"num_head_channels":"wide"}""", "num_head_channels")]
    [InlineData("""{"num_head_channels":-2}""", "num_head_channels")]
    [InlineData("""{"diffusion_steps":-1}""", "diffusion_steps")]
    [InlineData("""{"predict_xstart":1}""", "predict_xstart")]
    public void A_value_that_cannot_be_is_named(string json, string key) => Assert.Contains($"\"{key}\"", Assert.Throws<McdmException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_description_counts_for_the_file_that_it_names()
    {
        Assert.Null(AdmConfig.Beside(_folder.File("model.pt")));
        File.WriteAllText(Path, """{"file":"model.pt","num_heads":2}""");
        Assert.Equal(2, AdmConfig.Beside(_folder.File("model.pt"))?.Heads);
        Assert.Null(AdmConfig.Beside(_folder.File("other.pt")));
    }

    private AdmOptions Read(string json)
    {
        File.WriteAllText(Path, json);
        return AdmConfig.Read(JsonConfig.Read(Path));
    }
}
