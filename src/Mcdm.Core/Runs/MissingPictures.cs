using Mcdm.Experts;
using Mcdm.Files;
using Mcdm.Sampling;

namespace Mcdm.Runs;

/// <summary>
/// The pictures that are not there yet, of those that a command is to make (-SkipExisting): each is claimed when it is its turn, so that of
/// several processes one makes it, until it is saved or the command ends. What was left to others is looked at once more at the end: they may have been killed.
/// </summary>
internal sealed class MissingPictures : IDisposable
{
    /// <summary>So many that were left to others are kept without asking whether they are there by now.</summary>
    private const int FewLeft = 1000;

    private readonly HashSet<string> _asked = new(PictureName.PathComparer);
    private readonly Dictionary<string, PictureClaim> _claims = new(PictureName.PathComparer);
    private readonly string _target;
    private readonly TimeSpan _limit;
    private readonly bool _isWhatIf;
    private readonly Action<string> _note;
    private List<(Model Model, GenerationRequest Request)>? _left = [];
    private int _tidy = FewLeft;

    private MissingPictures(string target, TimeSpan limit, bool isWhatIf, Action<string> note) =>
        (_target, _limit, _isWhatIf, _note) = (target, limit, isWhatIf, note);

    /// <param name="target">The folder or file that they will be saved to, as a full path.</param>
    /// <param name="limit">How long the claim of another computer counts without renewal.</param>
    /// <param name="isWhatIf">Whether nothing is to be written.</param>
    /// <param name="note">Told which are not made, and why.</param>
    /// <exception cref="McdmException"><c>OutputUnwritable</c>.</exception>
    public static MissingPictures In(string target, TimeSpan limit, bool isWhatIf, Action<string> note)
    {
        if (!isWhatIf) { OutputFolder.RequireWritable(PictureName.FolderOf(target)); }
        return new MissingPictures(target, limit, isWhatIf, note);
    }

    /// <summary>
    /// Whether all pictures of a request are there, which can be told before its conditions are read; of those that are, nothing else is to be asked. They are
    /// the request's from now on, also where it cannot be read.
    /// </summary>
    /// <exception cref="McdmException"><c>OutputTwice</c>.</exception>
    public bool AreThere(Model model, string? name, long seed, int count)
    {
        var paths = Enumerable.Range(0, count).Select(k => PictureName.PathIn(_target, McdmImage.FileNameOf(name, model.Name, seed + k))).ToList();
        paths.ForEach(Ask);
        if (!paths.All(File.Exists)) { return false; }
        foreach (string path in paths)
        {
            IsThere(path);
            if (!_isWhatIf) { PictureClaim.DeleteVoid(path, _limit); }
        }
        return true;
    }

    /// <summary>A request without the pictures that are there (<see cref="AreThere"/>): one request for each unbroken sequence of seeds.</summary>
    public IReadOnlyList<GenerationRequest> Of(Model model, GenerationRequest request)
    {
        var missing = new List<GenerationRequest>();
        for (int k = 0; k < request.Count; k++)
        {
            string path = PathOf(model, request, request.Seed + k);
            if (IsThere(path))
            {
                if (!_isWhatIf) { PictureClaim.DeleteVoid(path, _limit); }
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
        if (PictureClaim.TryTake(path, _limit) is not { } claim)
        {
            if (_left is not null) { Leave(_left, model, request with { Seed = seed, Count = 1 }, path); }
            return false;
        }
        lock (_claims) { _claims.Add(path, claim); }
        // Whoever had the claim before may have saved it since it was looked for.
        if (!IsThere(path)) { return true; }
        Release(path);
        return false;
    }

    /// <summary>Says to others that the pictures are still being made; to be called at every step.</summary>
    public void Renew()
    {
        lock (_claims)
        {
            foreach (var claim in _claims.Values) { claim.Renew(); }
        }
    }

    /// <summary>What was left to others and is not there, for a last look at it: whoever had it may have been killed. Nothing is kept from then on.</summary>
    public IReadOnlyList<(Model Model, GenerationRequest Request)> Left()
    {
        var left = _left ?? [];
        _left = null;
        return left.Where(one => !File.Exists(PathOf(one.Model, one.Request, one.Request.Seed))).ToList();
    }

    private void Leave(List<(Model Model, GenerationRequest Request)> left, Model model, GenerationRequest request, string path)
    {
        _note($"'{path}' is being made by {PictureClaim.OwnerOf(path)?.ToString() ?? "another process"} and is not sampled here.");
        left.Add((model, request));
        // Others make what they have claimed, so of a long run few are left at any time.
        if (left.Count < _tidy) { return; }
        left.RemoveAll(one => File.Exists(PathOf(one.Model, one.Request, one.Request.Seed)));
        _tidy = Math.Max(_tidy, 2 * left.Count);
    }

    /// <summary>Gives the claim on a picture up where it is saved now; else it may be saved until the command ends.</summary>
    public void Taken(McdmImage image)
    {
        string path = PictureName.PathIn(_target, image.FileName);
        if (!File.Exists(path)) { return; }
        if (Release(path)) { RunLog.In(Path.GetDirectoryName(path)!)?.Made(path, image); }
    }

    /// <summary>Gives all claims up; from any thread.</summary>
    public void Dispose()
    {
        lock (_claims)
        {
            foreach (var claim in _claims.Values) { claim.Dispose(); }
            _claims.Clear();
        }
    }

    private string PathOf(Model model, GenerationRequest request, long seed) =>
        PictureName.PathIn(_target, McdmImage.FileNameOf(request.Name, model.Name, seed));

    private void Ask(string path)
    {
        if (!_asked.Add(path))
        {
            throw new McdmException("OutputTwice", ErrorKind.AlreadyExists,
                $"An earlier record makes '{path}' already; give each record a Name or Seed of its own.");
        }
    }

    private bool IsThere(string path)
    {
        if (!File.Exists(path)) { return false; }
        _note($"'{path}' exists and is not sampled again.");
        return true;
    }

    private bool Release(string path)
    {
        lock (_claims)
        {
            if (!_claims.Remove(path, out var claim)) { return false; }
            claim.Dispose();
            return true;
        }
    }
}
