using Mcdm.Sampling;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>Tests in a fresh folder with sketch.png, mask.png and face.png, beside a trained <see cref="TinyModel"/>; no model stays loaded after them.</summary>
public abstract class TinyModelTests : IDisposable
{
    private protected TinyModelTests(PowerShellEngine engine)
    {
        Engine = engine;
        Model = TinyModel.Folder(engine);
        Folder = engine.Reset();
        TinyModel.CopyInputs(Folder);
    }

    private protected PowerShellEngine Engine { get; }

    /// <summary>The model's folder.</summary>
    private protected string Model { get; }

    /// <summary>The session's current folder.</summary>
    private protected string Folder { get; }

    /// <summary>Loads the model as $tiny.</summary>
    private protected void ImportTiny() => Engine.Invoke("param($path) $global:tiny = Import-McdmModel -Path $path", ("path", Model)).WithoutErrors();

    /// <summary>The pictures that came of a script.</summary>
    private protected static McdmImage[] Images(EngineResult result) => result.WithoutErrors().Output.Select(o => Assert.IsType<McdmImage>(o.BaseObject)).ToArray();

    /// <summary>The pictures that a script makes.</summary>
    private protected McdmImage[] Images(string script) => Images(Engine.Invoke(script));

    public virtual void Dispose()
    {
        GC.SuppressFinalize(this);
        Engine.Invoke("Get-McdmModel | Remove-McdmModel");
    }
}
