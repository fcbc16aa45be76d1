using Mcdm.Weights.Hub;
using static System.FormattableString;

namespace Mcdm.PowerShell.Hosting;

/// <summary>A command that may download models from a hub.</summary>
public abstract class HubCmdlet : McdmCmdlet
{
    /// <summary>Brings a repository's files into the cache, where they are not there already.</summary>
    /// <param name="id">The repository, owner/name.</param>
    /// <param name="revision">A branch, a tag or a commit.</param>
    /// <param name="include">Files that are wanted, with wildcards; those that a model needs where there are none.</param>
    /// <param name="variant">Weights that are preferred; null for none.</param>
    /// <param name="allows">Asked, by target and action, before anything is downloaded.</param>
    /// <returns>Its folder; null where it was not allowed.</returns>
    private protected string? Fetch(string id, string revision, IReadOnlyList<string> include, string? variant, Func<string, string, bool>? allows = null)
    {
        var (settings, repository) = (HubSettings.From(Environment.GetEnvironmentVariable), new HubRepository(id, revision));
        using var download = new HubDownload(settings, repository) { Include = include, Variant = variant?.ToLowerInvariant(), Note = WriteWarning };
        if (download.Plan(Cancellation) is not { } plan) { return download.Offline(); }
        if (allows?.Invoke($"{repository}",
            Invariant($"Download {plan.Missing.Count} of {plan.Files.Count} files ({plan.Bytes / 1e6:0} MB) from {settings}")) == false)
        {
            return null;
        }
        using var progress = StartProgress($"Downloading {repository}");
        string folder = download.Bring(plan,
            (file, done, total) => progress.Update(done, total, Invariant($"{file}: {done / 1e6:0} MB{(total > 0 ? Invariant($" of {total / 1e6:0}") : "")}")),
            Cancellation);
        WriteVerbose($"{repository} is commit {plan.Commit}; {plan.Files.Count - plan.Missing.Count} of its {plan.Files.Count} files were there already.");
        return folder;
    }
}
