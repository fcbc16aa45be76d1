namespace Mcdm.Host;

/// <summary>What the process tells its caller when the script itself did not say <c>exit N</c>.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;
    public const int Interrupted = 130;
    public const int Terminated = 143;
}
