namespace KubeMetrics.Pipeline.Tests.Work;

/// <summary>Done after so many signals.</summary>
internal sealed class Countdown(int signals)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = signals;

    public Task Done => _done.Task;

    public void Signal()
    {
        if (Interlocked.Decrement(ref _left) <= 0) _done.TrySetResult();
    }
}
