namespace Mcdm;

/// <summary>What kind of thing went wrong; the cmdlets map it to PowerShell's error categories.</summary>
public enum ErrorKind
{
    /// <summary>A value given by the user cannot work.</summary>
    InvalidArgument,

    /// <summary>A file, folder, model or part does not exist.</summary>
    NotFound,

    /// <summary>A file exists but does not hold what it should.</summary>
    InvalidData,

    /// <summary>Something of that name exists and may not be replaced.</summary>
    AlreadyExists,

    /// <summary>Something is larger or longer than allowed.</summary>
    LimitsExceeded,

    /// <summary>Reading failed.</summary>
    ReadFailed,

    /// <summary>Writing failed.</summary>
    WriteFailed,

    /// <summary>This build, device or model cannot do it.</summary>
    NotSupported,
}
