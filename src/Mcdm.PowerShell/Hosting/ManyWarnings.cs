namespace Mcdm.PowerShell.Hosting;

/// <summary>Warnings of one kind, of which a job may have thousands: the first are told aloud, the others in verbose lines, and counted at the end.</summary>
/// <param name="cmdlet">Whose they are.</param>
/// <param name="rest">What the others are, after their number.</param>
internal sealed class ManyWarnings(McdmCmdlet cmdlet, string rest)
{
    /// <summary>So many are told aloud.</summary>
    private const int Most = 10;

    private int _said;

    /// <summary>Tells one.</summary>
    public void Say(string warning)
    {
        if (_said++ < Most || cmdlet.WarningsStop) { cmdlet.WriteWarning(warning); }
        else { cmdlet.WriteVerbose(warning); }
    }

    /// <summary>Tells how many were not told aloud.</summary>
    public void End()
    {
        if (_said > Most) { cmdlet.WriteWarning($"{_said - Most} more {rest}; -Verbose names them."); }
        _said = 0;
    }
}
