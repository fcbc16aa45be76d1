using System.Management.Automation;
using Mcdm.Experts;
using Mcdm.Runtime;

namespace Mcdm.PowerShell.Commands;

/// <summary>
/// Loads a model: by name one that ships with the module, by path any model folder. One that is loaded already, unchanged,
/// is given again.
/// </summary>
[Cmdlet(VerbsData.Import, "McdmModel", DefaultParameterSetName = NameSet)]
[OutputType(typeof(Model))]
public sealed class ImportMcdmModel : McdmCmdlet
{
    private const string NameSet = "Name", PathSet = "Path", LiteralPathSet = "LiteralPath";
    private ComputeDevice? _device;

    /// <summary>Name of an embedded model, with wildcards; or the path of a model folder.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NameSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AvailableModelNames))]
    public string[] Name { get; set; } = [];

    /// <summary>Model folder, with wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Model folder, taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Where its networks compute; the fastest device by default.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DeviceNames))]
    public string? Device { get; set; }

    /// <summary>The arithmetic its networks compute in.</summary>
    [Parameter]
    public Precision Precision { get; set; }

    /// <summary>Load a model anew although it is loaded.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        _device = ComputeDevice.Select(Device, WriteWarning);
        // Not kept in a field: its type is TorchSharp's, which importing the module would then load.
        _ = Precision.On(_device, WriteWarning);
    }

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        switch (ParameterSetName)
        {
            case NameSet:
                foreach (string name in Name) { Attempt(name, () => ImportNamed(name)); }
                break;
            case PathSet:
                ForEachInput(Path, literal: false, ImportFolder);
                break;
            default:
                ForEachInput(LiteralPath, literal: true, ImportFolder);
                break;
        }
    }

    private void ImportNamed(string name)
    {
        var available = ModelLibrary.Available;
        var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
        var named = available.Where(model => pattern.IsMatch(model.Name)).ToList();
        if (named.Count > 0)
        {
            foreach (var model in named) { Attempt(model.Path, () => ImportFolder(model.Path)); }
        }
        else if (name.AsSpan().IndexOfAny('/', '\\') >= 0 || name.StartsWith('.') || System.IO.Directory.Exists(ResolveOutput(name)))
        {
            ForEachInput([name], literal: false, ImportFolder);
        }
        else
        {
            throw new McdmException("ModelUnknown", ErrorKind.NotFound,
                $"No model named '{name}' ships with the module (there are: {string.Join(", ", available)}), and there is no folder of that name.");
        }
    }

    private void ImportFolder(string folder)
    {
        var (model, read) = ModelLibrary.Load(folder, _device!, Precision.On(_device!), Force);
        WriteVerbose(read
            ? $"Model '{model.Name}': {model.Parameters / 1e6:0.0} million parameters in {model.Experts.Count} experts, {model.Precision} on {_device!.Name}."
            : $"Model '{model.Name}' was loaded from '{folder}' before and has not changed; this is the same object. -Force loads it anew.");
        WriteObject(model);
    }
}
