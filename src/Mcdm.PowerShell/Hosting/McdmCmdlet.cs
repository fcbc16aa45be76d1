using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using Mcdm.PowerShell.Serialization;

namespace Mcdm.PowerShell.Hosting;

/// <summary>
/// The base of every cmdlet here. A cmdlet overrides <see cref="OnBegin"/>, <see cref="OnProcess"/> and <see cref="OnEnd"/>;
/// this class turns Ctrl+C into a cancelled token and every expected failure into an error record with its own id.
/// All work runs on the pipeline thread.
/// </summary>
public abstract class McdmCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _attempts;

    /// <summary>Cancelled as soon as the user presses Ctrl+C or the pipeline is stopped otherwise.</summary>
    protected internal CancellationToken Cancellation => _stop.Token;

    /// <summary>Runs once before the first input. An expected failure here ends the command.</summary>
    protected virtual void OnBegin()
    {
    }

    /// <summary>Runs for each input. An expected failure here is reported, and the next input follows.</summary>
    protected virtual void OnProcess()
    {
    }

    /// <summary>Runs once after the last input. An expected failure here ends the command.</summary>
    protected virtual void OnEnd()
    {
    }

    /// <summary>Does one piece of work of many: an expected failure is reported with its target, and the caller goes on.</summary>
    /// <param name="target">What the work is about: a path, an image.</param>
    /// <param name="work">The work.</param>
    protected internal void Attempt(object? target, Action work)
    {
        _attempts++;
        try
        {
            work();
        }
        catch (Exception e) when (Errors.IsExpected(e))
        {
            WriteFailure(e, target);
        }
        finally
        {
            _attempts--;
        }
    }

    /// <summary>
    /// Warns. Where warnings are to stop (-WarningAction Stop), one about a piece of work of many is that piece's failure, and the next follows.
    /// </summary>
    /// <param name="text">The warning.</param>
    /// <exception cref="McdmException"><c>WarningStop</c>.</exception>
    public new void WriteWarning(string text)
    {
        if (_attempts > 0 && WarningsStop) { throw new McdmException("WarningStop", ErrorKind.InvalidData, text); }
        base.WriteWarning(text);
    }

    /// <summary>Whether warnings are to stop: by -WarningAction, or by the session's preference.</summary>
    internal bool WarningsStop =>
        (MyInvocation.BoundParameters.TryGetValue("WarningAction", out object? given) ? given : GetVariableValue("WarningPreference"))
            is var preference && LanguagePrimitives.TryConvertTo(preference, out ActionPreference action) && action == ActionPreference.Stop;

    /// <summary>Does the same with every file or folder that paths stand for; a failure is reported with its path, and the next one follows.</summary>
    /// <param name="paths">Paths as the user gave them.</param>
    /// <param name="literal">Take them as they are, without wildcards.</param>
    /// <param name="work">The work; given a full path of something that exists.</param>
    protected void ForEachInput(IEnumerable<string> paths, bool literal, Action<string> work)
    {
        foreach (string given in paths)
        {
            Attempt(given, () =>
            {
                foreach (string path in ResolveInput(given, literal)) { Attempt(path, () => work(path)); }
            });
        }
    }

    /// <summary>Reports a failure and goes on.</summary>
    /// <param name="error">What failed.</param>
    /// <param name="target">What it was about.</param>
    protected void WriteFailure(Exception error, object? target = null) => WriteError(Errors.Record(error, target));

    /// <summary>Reports a failure and ends the command.</summary>
    /// <param name="error">What failed.</param>
    /// <param name="target">What it was about.</param>
    [DoesNotReturn]
    protected internal void ThrowFailure(Exception error, object? target = null)
    {
        ThrowTerminatingError(Errors.Record(error, target));
        throw new UnreachableException();
    }

    /// <summary>Resolves what a user gave as input: wildcards, drives and the current location, through the provider.</summary>
    /// <param name="path">A path, perhaps with wildcards.</param>
    /// <param name="literal">Whether wildcards stand for themselves.</param>
    /// <returns>Full paths of existing files or folders, at least one.</returns>
    /// <exception cref="McdmException"><c>PathNotFound</c>, <c>DriveNotFound</c> or <c>NotAFileSystemPath</c>.</exception>
    protected IReadOnlyList<string> ResolveInput(string path, bool literal = false) => PathResolver.Existing(this, path, literal);

    /// <summary>Resolves where a user wants something written: it need not exist, and wildcards stand for themselves.</summary>
    /// <param name="path">A path.</param>
    /// <returns>The full path.</returns>
    /// <exception cref="McdmException"><c>DriveNotFound</c> or <c>NotAFileSystemPath</c>.</exception>
    protected string ResolveOutput(string path) => PathResolver.New(this, path);

    /// <summary>Hands an object on, so that it can travel.</summary>
    /// <param name="value">The object.</param>
    protected internal new void WriteObject(object? value) => base.WriteObject(SerializedObject.Pack(value));

    /// <summary>Hands objects on, one by one.</summary>
    /// <param name="values">The objects.</param>
    protected void WriteObjects(IEnumerable<object> values)
    {
        foreach (object value in values) { WriteObject(value); }
    }

    /// <summary>A file or folder as Get-Item gives it, so that every cmdlet that takes files takes it.</summary>
    /// <param name="path">The full path of one that exists.</param>
    protected PSObject Item(string path) => SessionState.InvokeProvider.Item.Get([path], force: true, literalPath: true)[0];

    /// <summary>Whether the user only asks what would happen (-WhatIf), so that nothing is to be written.</summary>
    protected internal bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given) ? LanguagePrimitives.IsTrue(given)
        : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>Starts showing progress; dispose it when the work is done.</summary>
    /// <param name="activity">What is going on, such as "Sampling".</param>
    /// <param name="parent">The progress this one is a part of.</param>
    /// <returns>The reporter.</returns>
    protected internal ProgressReporter StartProgress(string activity, ProgressReporter? parent = null) => new(this, activity, parent);

    /// <inheritdoc/>
    protected sealed override void BeginProcessing() => Guard(OnBegin, ThrowFailure);

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Guard(OnProcess, WriteFailure);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Guard(OnEnd, ThrowFailure);

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => StopSoon();

    /// <summary>Stops as Ctrl+C does, after the step under way; from any thread.</summary>
    internal void StopSoon()
    {
        // Comes from another thread, perhaps just when the command has ended and been disposed.
        lock (_stop)
        {
            if (!Disposed) { _stop.Cancel(); }
        }
    }

    /// <summary>Frees what the command holds; the engine calls it when the pipeline has ended, however it ended.</summary>
    public void Dispose()
    {
        lock (_stop)
        {
            if (Disposed) { return; }
            Disposed = true;
        }
        Dispose(true);
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Override to free native memory the command holds across inputs.</summary>
    /// <param name="disposing">Always true: cmdlets have no finalizers.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    private bool Disposed { get; set; }

    private void Guard(Action work, Action<Exception, object?> report)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception e) when (Errors.IsExpected(e))
        {
            report(e, null);
        }
    }
}
