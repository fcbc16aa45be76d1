using Mcdm.Experts;
using Mcdm.Generation;
using Mcdm.Imaging;

namespace Mcdm.PowerShell;

/// <summary>
/// The pictures that are not there yet, of those that a command is to make (-SkipExisting): each is claimed when it is its turn, so that of
/// several processes one makes it, until it is saved or the command ends.
/// </summary>
internal sealed class MissingPictures : IDisposable
{
    private readonly HashSet<string> _asked = new(PictureName.PathComparer);
    private readonly Dictionary<string, PictureClaim> _claims = new(PictureName.PathComparer);
    private readonly string _target;
    private readonly bool _isWhatIf;
    private readonly Action<string> _note;

    private MissingPictures(string target, bool isWhatIf, Action<string> note) => (_target, _isWhatIf, _note) = (target, isWhatIf, note);

    /// <param name="target">The folder or file that they will be saved to, as a full path.</param>
    /// <param name="isWhatIf">Whether nothing is to be written.</param>
    /// <param name="note">Told which are not made, and why.</param>
    /// <exception cref="McdmException"><c>OutputUnwritable</c>.</exception>
    public static MissingPictures In(string target, bool isWhatIf, Action<string> note)
    {
        if (!isWhatIf) { OutputFolder.RequireWritable(PictureName.FolderOf(target)); }
        return new MissingPictures(target, isWhatIf, note);
    }

    /// <summary>A request without the pictures that are there: one request for each unbroken sequence of seeds.</summary>
    /// <exception cref="McdmException"><c>OutputTwice</c>.</exception>
    public IReadOnlyList<GenerationRequest> Of(Model model, GenerationRequest request)
    {
        var missing = new List<GenerationRequest>();
        for (int k = 0; k < request.Count; k++)
        {
            string path = PathOf(model, request, request.Seed + k);
            if (!_asked.Add(path))
            {
                throw new McdmException("OutputTwice", ErrorKind.AlreadyExists, $"An earlier record makes '{path}' already; give each record a Name or Seed of its own.");
            }
            if (IsThere(path))
            {
                if (!_isWhatIf) { PictureClaim.DeleteVoid(path); }
            }
            else if (missing is [.., var last] && last.Seed + last.Count == request.Seed + k) { missing[^1] = last with { Count = last.Count + 1 }; }
            else { missing.Add(request with { Seed = request.Seed + k, Count = 1 }); }
        }
        return missing;
    }

    /// <summary>Claims a picture that is about to be sampled.</summary>
    /// <returns>Whether it is to be sampled here: nobody else makes it or has made it meanwhile.</returns>
    /// <exception cref="McdmException"><c>OutputUnwritable</c>.</exception>
    public bool Claim(Model model, GenerationRequest request, long seed)
    {
        string path = PathOf(model, request, seed);
        OutputFolder.Make(Path.GetDirectoryName(path)!);
        if (PictureClaim.TryTake(path) is not { } claim)
        {
            _note($"'{path}' is being made by {PictureClaim.OwnerOf(path)?.ToString() ?? "another process"} and is not sampled here.");
            return false;
        }
        _claims.Add(path, claim);
        // Whoever had the claim before may have saved it since it was looked for.
        if (!IsThere(path)) { return true; }
        Release(path);
        return false;
    }

    /// <summary>Gives the claim on a picture up where it is saved now; else it may be saved until the command ends.</summary>
    public void Taken(McdmImage image)
    {
        string path = PictureName.PathIn(_target, image.FileName);
        if (File.Exists(path)) { Release(path); }
    }

    /// <summary>Gives all claims up.</summary>
    public void Dispose()
    {
        foreach (var claim in _claims.Values) { claim.Dispose(); }
        _claims.Clear();
    }

    private string PathOf(Model model, GenerationRequest request, long seed) => PictureName.PathIn(_target, McdmImage.FileNameOf(request.Name, model.Name, seed));

    private bool IsThere(string path)
    {
        if (!File.Exists(path)) { return false; }
        _note($"'{path}' exists and is not sampled again.");
        return true;
    }

    private void Release(string path)
    {
        if (_claims.Remove(path, out var claim)) { claim.Dispose(); }
    }
}
