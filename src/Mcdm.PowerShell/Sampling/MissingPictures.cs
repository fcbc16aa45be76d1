using Mcdm.Experts;
using Mcdm.Generation;
using Mcdm.Imaging;

namespace Mcdm.PowerShell;

/// <summary>
/// The pictures that are not there yet, of those that a command is to make (-SkipExisting): they are claimed, so that of several processes
/// one makes each, until they are saved or the command ends.
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
    public static MissingPictures Of(string target, bool isWhatIf, Action<string> note)
    {
        if (!isWhatIf) { OutputFolder.RequireWritable(PictureName.FolderOf(target)); }
        return new MissingPictures(target, isWhatIf, note);
    }

    /// <summary>Adds a request without the pictures that are there or that another process makes: one request for each unbroken sequence of seeds.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">The request.</param>
    /// <param name="add">Lets a request wait; tells whether its pictures will be sampled.</param>
    /// <exception cref="McdmException"><c>OutputTwice</c>, or what <paramref name="add"/> throws.</exception>
    public void Add(Model model, GenerationRequest request, Func<GenerationRequest, bool> add)
    {
        string[] paths = Enumerable.Range(0, request.Count).Select(k => PictureName.PathIn(_target, McdmImage.FileNameOf(request.Name, model.Name, request.Seed + k))).ToArray();
        foreach (string path in paths)
        {
            if (!_asked.Add(path))
            {
                throw new McdmException("OutputTwice", ErrorKind.AlreadyExists, $"An earlier record makes '{path}' already; give each record a Name or Seed of its own.");
            }
        }
        var waiting = new HashSet<string>(paths, PictureName.PathComparer);
        try
        {
            var missing = new List<GenerationRequest>();
            for (int k = 0; k < paths.Length; k++)
            {
                if (!IsMissing(paths[k])) { continue; }
                if (missing is [.., var last] && last.Seed + last.Count == request.Seed + k) { missing[^1] = last with { Count = last.Count + 1 }; }
                else { missing.Add(request with { Seed = request.Seed + k, Count = 1 }); }
            }
            foreach (var part in missing)
            {
                if (add(part)) { waiting.ExceptWith(Enumerable.Range((int)(part.Seed - request.Seed), part.Count).Select(k => paths[k])); }
            }
        }
        finally
        {
            foreach (string path in waiting) { Release(path); }
        }
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

    private bool IsMissing(string path)
    {
        if (!File.Exists(path))
        {
            if (_isWhatIf) { return true; }
            OutputFolder.Make(Path.GetDirectoryName(path)!);
            if (PictureClaim.TryTake(path) is not { } claim)
            {
                _note($"'{path}' is being made by {PictureClaim.OwnerOf(path)?.ToString() ?? "another process"} and is not sampled here.");
                return false;
            }
            _claims.Add(path, claim);
            // Whoever had the claim before may have saved it since it was looked for.
            if (!File.Exists(path)) { return true; }
            Release(path);
        }
        else if (!_isWhatIf)
        {
            PictureClaim.DeleteVoid(path);
        }
        _note($"'{path}' exists and is not sampled again.");
        return false;
    }

    private void Release(string path)
    {
        if (_claims.Remove(path, out var claim)) { claim.Dispose(); }
    }
}
