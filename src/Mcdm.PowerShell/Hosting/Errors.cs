using System.Management.Automation;

namespace Mcdm.PowerShell.Hosting;

/// <summary>The one place where error records are made: an id, a fitting category, the target.</summary>
internal static class Errors
{
    /// <summary>Whether a user's input or surroundings can cause it. Anything else is a bug and must surface as one.</summary>
    public static bool IsExpected(Exception error) => error is McdmException or IOException or UnauthorizedAccessException;

    /// <summary>Makes the record of a failure.</summary>
    public static ErrorRecord Record(Exception error, object? target) => error switch
    {
        McdmException e => new ErrorRecord(e, e.Id, Category(e.Kind), target ?? e.Target),
        FileNotFoundException or DirectoryNotFoundException => new ErrorRecord(error, "PathNotFound", ErrorCategory.ObjectNotFound, target),
        UnauthorizedAccessException => new ErrorRecord(error, "AccessDenied", ErrorCategory.PermissionDenied, target),
        IOException => new ErrorRecord(error, "FileAccessFailed", ErrorCategory.OpenError, target),
        _ => new ErrorRecord(error, error.GetType().Name, ErrorCategory.NotSpecified, target),
    };

    /// <summary>A failure as one with an id, for those who say more of it.</summary>
    public static McdmException WithId(Exception error) =>
        error as McdmException ?? new McdmException(Record(error, null).FullyQualifiedErrorId, ErrorKind.ReadFailed, error.Message, error);

    private static ErrorCategory Category(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidArgument => ErrorCategory.InvalidArgument,
        ErrorKind.NotFound => ErrorCategory.ObjectNotFound,
        ErrorKind.InvalidData => ErrorCategory.InvalidData,
        ErrorKind.AlreadyExists => ErrorCategory.ResourceExists,
        ErrorKind.LimitsExceeded => ErrorCategory.LimitsExceeded,
        ErrorKind.ReadFailed => ErrorCategory.ReadError,
        ErrorKind.WriteFailed => ErrorCategory.WriteError,
        ErrorKind.NotSupported => ErrorCategory.NotImplemented,
        _ => ErrorCategory.NotSpecified,
    };
}
