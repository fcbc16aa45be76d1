namespace Mcdm.Help;

/// <summary>A help page that cannot be used, said as a compiler would, so that a build shows it as its own error.</summary>
public sealed class HelpException : Exception
{
    /// <summary>Says what is wrong where.</summary>
    /// <param name="file">The page.</param>
    /// <param name="line">Its line, from 1.</param>
    /// <param name="problem">What is wrong and how to mend it, in a sentence.</param>
    public HelpException(string file, int line, string problem) : base($"{file}({line}): error MCDMHELP: {problem}")
    {
    }
}
