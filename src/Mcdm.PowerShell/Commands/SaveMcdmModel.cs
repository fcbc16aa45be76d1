using System.Management.Automation;
using Mcdm.Formats.Hub;
using static System.FormattableString;

namespace Mcdm.PowerShell.Commands;

/// <summary>Downloads a model from a hub into the cache that other programs share, and gives its folder.</summary>
[Cmdlet(VerbsData.Save, "McdmModel", SupportsShouldProcess = true, HelpUri = HelpPage.Folder + "Save-McdmModel.md")]
[OutputType(typeof(DirectoryInfo))]
public sealed class SaveMcdmModel : McdmCmdlet
{
    /// <summary>The repositories, owner/name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Repository { get; set; } = [];

    /// <summary>A branch, a tag or a commit.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Revision { get; set; } = "main";

    /// <summary>Files that are wanted, with wildcards; those that a model needs by default.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Include { get; set; } = [];

    /// <summary>Weights that are preferred where there are such.</summary>
    [Parameter]
    [ValidateSet("fp16", "bf16")]
    public string? Variant { get; set; }

    /// <inheritdoc/>
    protected override void OnProcess()
    {
        foreach (string id in Repository) { Attempt(id, () => Save(HubSettings.From(Environment.GetEnvironmentVariable), new HubRepository(id, Revision))); }
    }

    private void Save(HubSettings settings, HubRepository repository)
    {
        using var download = new HubDownload(settings, repository) { Include = Include, Variant = Variant?.ToLowerInvariant(), Note = WriteWarning };
        string folder;
        if (download.Plan(Cancellation) is not { } plan) { folder = download.Offline(); }
        else
        {
            if (!ShouldProcess($"{repository}", Invariant($"Download {plan.Missing.Count} of {plan.Files.Count} files ({plan.Bytes / 1e6:0} MB) from {settings}"))) { return; }
            using var progress = StartProgress($"Downloading {repository}");
            folder = download.Bring(plan, (file, done, total) => progress.Update(done, total, Invariant($"{file}: {done / 1e6:0} MB{(total > 0 ? Invariant($" of {total / 1e6:0}") : "")}")), Cancellation);
            WriteVerbose($"{repository} is commit {plan.Commit}; {plan.Files.Count - plan.Missing.Count} of its {plan.Files.Count} files were there already.");
        }
        WriteObject(Item(folder));
    }
}
