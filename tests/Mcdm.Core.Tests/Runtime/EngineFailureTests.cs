using Mcdm.Runtime;
using Xunit;

namespace Mcdm.Core.Tests.Runtime;

/// <summary>What is said where libtorch cannot be started, or finds no GPU.</summary>
public sealed class EngineFailureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mcdm-cards-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_missing_Visual_Cpp_runtime_is_named_with_its_cure()
    {
        var error = EngineFailure.Of(new DllNotFoundException("Unable to load DLL 'LibTorchSharp'"), ["msvcp140.dll", "vcruntime140_1.dll"], isBlocked: true);
        Assert.Equal("VisualCppMissing", error.Id);
        Assert.Contains("no msvcp140.dll and no vcruntime140_1.dll", error.Message, StringComparison.Ordinal);
        Assert.Contains("vc_redist.x64.exe", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "Unblock-File")]
    [InlineData(false, "dotnet build")]
    public void Other_failures_say_what_the_loader_said_and_what_to_do(bool isBlocked, string cure)
    {
        var error = EngineFailure.Of(new TypeInitializationException("torch", new DllNotFoundException("The specified module could not be found.")), [], isBlocked);
        Assert.Equal("EngineNotAvailable", error.Id);
        Assert.Contains("The specified module could not be found. ", error.Message, StringComparison.Ordinal);
        Assert.Contains(cure, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_of_CUDA_that_is_missing_is_named()
    {
        static nint Load(string name) => name.EndsWith("nvcuda.dll", StringComparison.Ordinal) || name.Contains("libcuda", StringComparison.Ordinal) ? 1
            : throw new DllNotFoundException("libcudart.so.12: cannot open shared object file:\nNo such file or directory");
        string why = CudaState.WhyNone(Load, "/x/libtorch_cuda.so", [GraphicsCards.Nvidia]);
        Assert.Equal("'/x/libtorch_cuda.so' cannot be loaded: libcudart.so.12: cannot open shared object file: No such file or directory", why);
    }

    [Fact]
    public void Without_a_driver_that_is_what_is_missing() =>
        Assert.StartsWith("there is no driver of NVIDIA", CudaState.WhyNone(_ => throw new DllNotFoundException("no"), "x", [GraphicsCards.Nvidia, "Intel"]), StringComparison.Ordinal);

    [Fact]
    public void Where_all_loads_the_driver_may_be_too_old() =>
        Assert.Contains("current driver", CudaState.WhyNone(_ => 1, "x", [GraphicsCards.Nvidia]), StringComparison.Ordinal);

    [Theory]
    [InlineData("0x1002", "AMD")]
    [InlineData("0x8086", "Intel")]
    public void Cards_of_others_are_one_sentence(string number, string maker)
    {
        Card("card0", number);
        string[] makers = [.. GraphicsCards.OnLinux(_folder.FullName)];
        Assert.Equal([maker], makers);
        Assert.StartsWith($"graphics cards of {maker} cannot be used", CudaState.WhyNone(_ => throw new DllNotFoundException("no"), "x", makers), StringComparison.Ordinal);
    }

    [Fact]
    public void A_card_of_NVIDIA_beside_others_counts()
    {
        Card("card0", "0x8086");
        Card("card1", "0x10de");
        Card("card2", "0x1af4");
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "card0-HDMI-A-1"));
        Assert.Equal(["Intel", "NVIDIA"], GraphicsCards.OnLinux(_folder.FullName).Order());
    }

    private void Card(string name, string vendor)
    {
        string device = _folder.CreateSubdirectory($"{name}/device").FullName;
        File.WriteAllText(Path.Combine(device, "vendor"), vendor + "\n");
    }
}
