using System.Management.Automation;
using Mcdm.Experts;
using Mcdm.PowerShell.Completion;
using Mcdm.PowerShell.Hosting;
using Mcdm.Registries;

namespace Mcdm.PowerShell.Commands;

/// <summary>Lists the loaded models, or those that ship with the module, or says what a path holds.</summary>
[Cmdlet(VerbsCommon.Get, "McdmModel", DefaultParameterSetName = LoadedSet)]
[OutputType(typeof(Model), ParameterSetName = [LoadedSet])]
[OutputType(typeof(AvailableModel), ParameterSetName = [AvailableSet])]
[OutputType(typeof(ModelFiles), ParameterSetName = [PathSet])]
public sealed class GetMcdmModel : McdmCmdlet
{
    private const string LoadedSet = "Loaded", AvailableSet = "Available", PathSet = "Path";

    /// <summary>Names, with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = LoadedSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 0, ParameterSetName = AvailableSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LoadedModelNames))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The models that ship with the module instead of those that are loaded.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AvailableSet)]
    public SwitchParameter ListAvailable { get; set; }

    /// <summary>Model folders or files, of Mcdm's own or of others, with wildcards: what they hold is said, and nothing is loaded.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        ForEachInput(Path, literal: false, path => WriteObject(ModelFiles.At(path)));
        if (ParameterSetName == PathSet) { return; }
        foreach (string name in Name)
        {
            if (ListAvailable) { Write(name, ModelLibrary.Available, model => model.Name, "ships with the module"); }
            else { Write(name, ModelLibrary.Loaded, model => model.Name, "is loaded"); }
        }
    }

    private void Write<T>(string name, IReadOnlyList<T> models, Func<T, string> nameOf, string state)
    {
        var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
        var found = models.Where(model => pattern.IsMatch(nameOf(model))).ToList();
        if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
        {
            WriteFailure(new McdmException("ModelUnknown", ErrorKind.NotFound, $"No model named '{name}' {state}."), name);
        }
        WriteObject(found, enumerateCollection: true);
    }
}
