using static TorchSharp.torch;

namespace Mcdm.Training;

/// <summary>
/// What each step learns from, made on another thread while the step before it computes. What a step draws depends on its number alone, so
/// nothing changes by it but the time.
/// </summary>
/// <param name="steps">Steps of the run: nothing is drawn beyond them.</param>
/// <param name="read">Reads a step's pictures and labels, on the thread of the steps, for it may have something to say of them.</param>
/// <param name="draw">Makes tensors of them on a device; null for what a step has none of.</param>
internal sealed class DrawnAhead<TRead>(int steps, Func<int, TRead> read, Func<int, TRead, Device, Tensor?[]> draw)
{
    private (int Step, Task<Tensor?[]> Drawn)? _next;

    /// <summary>What a step learns from; it belongs to the caller's dispose scope. Begins with that of the step after it.</summary>
    /// <param name="step">Steps done before this one.</param>
    /// <param name="device">Where the network computes.</param>
    /// <exception cref="McdmException">A picture or label cannot be read.</exception>
    public Tensor?[] Take(int step, Device device)
    {
        using var scope = NewDisposeScope();
        var drawn = Waiting(step) ?? Draw(step, read(step), device);
        if (step + 1 < steps) { Begin(step + 1, device); }
        foreach (var tensor in drawn.OfType<Tensor>())
        {
            scope.Attach(tensor);
            tensor.MoveToOuterDisposeScope();
        }
        return drawn;
    }

    /// <summary>Waits for what is being drawn, and drops it: the tensors that it is drawn from may go then.</summary>
    public void Stop()
    {
        if (_next is not { } next) { return; }
        _next = null;
        if (next.Drawn.ContinueWith(task => task.IsCompletedSuccessfully ? task.Result : [], TaskScheduler.Default).Result is { } drawn)
        {
            foreach (var tensor in drawn) { tensor?.Dispose(); }
        }
    }

    private Tensor?[]? Waiting(int step)
    {
        if (_next is { } next && next.Step == step)
        {
            _next = null;
            return next.Drawn.GetAwaiter().GetResult();
        }
        Stop();
        return null;
    }

    private void Begin(int step, Device device)
    {
        TRead pictures;
        try
        {
            pictures = read(step);
        }
        catch (McdmException)
        {
            // The step itself reads it again, and says so.
            return;
        }
        _next = (step, Task.Run(() => Draw(step, pictures, device)));
    }

    private Tensor?[] Draw(int step, TRead pictures, Device device)
    {
        using var scope = NewDisposeScope();
        var drawn = draw(step, pictures, device);
        foreach (var tensor in drawn) { tensor?.DetachFromDisposeScope(); }
        return drawn;
    }
}
