using Mcdm.Files;
using static System.FormattableString;

namespace Mcdm.Training;

/// <summary>
/// Saves of a run whose files other programs may have open: a virus scanner, a backup, a session that reads the model. A run of days does not end for that:
/// a save on the way is left to the next one, and the last is tried for longer and then goes to a folder of its own.
/// </summary>
/// <param name="folder">The run's folder.</param>
/// <param name="save">Saves the run's state in a folder.</param>
/// <param name="warn">Told, in a sentence each, what could not be saved, and where it is.</param>
internal sealed class PatientSaves(string folder, Action<string> save, Action<string>? warn)
{
    private const int LastTries = 6;
    private static readonly TimeSpan s_betweenTries = TimeSpan.FromSeconds(5);

    /// <summary>Saves, unless a file is open elsewhere.</summary>
    /// <param name="step">Steps done.</param>
    public void OnTheWay(int step)
    {
        try
        {
            save(folder);
        }
        catch (McdmException e) when (FileInUseException.IsCauseOf(e))
        {
            warn?.Invoke(Invariant($"Step {step} could not be saved. {e.Message} The run goes on and saves again at its next checkpoint."));
        }
    }

    /// <summary>Saves, wherever that can be done.</summary>
    /// <param name="step">Steps done.</param>
    /// <returns>The folder in which all is saved: the run's, or one in it.</returns>
    public string AtTheEnd(int step)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                save(folder);
                return folder;
            }
            catch (McdmException e) when (FileInUseException.IsCauseOf(e))
            {
                if (attempt == LastTries) { break; }
                if (attempt == 1) { warn?.Invoke(Invariant($"Step {step}, the last, could not be saved yet. {e.Message} It is tried again for a while.")); }
                FileLayer.Current.Wait(s_betweenTries);
            }
        }
        string beside = Path.Combine(folder, Invariant($"{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}-step-{step}"));
        save(beside);
        warn?.Invoke(Invariant(
            $"Step {step} is saved in '{beside}', since files in '{folder}' stayed open; import it from there, or go on from there with -Resume."));
        return beside;
    }
}
