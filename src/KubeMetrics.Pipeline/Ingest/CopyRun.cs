namespace KubeMetrics.Pipeline.Ingest;

/// <summary>One run: what it works on, and whether it has failed.</summary>
internal sealed class CopyRun(Queue<CopyItem> items, Action<CopyItem, Copied> done, Func<bool> isTimeUp, CancellationTokenSource stop)
{
    private Exception? _failure;

    internal CancellationTokenSource Stop => stop;

    internal Exception? Failure => _failure;

    internal bool IsTimeUp() => stop.IsCancellationRequested || isTimeUp();

    internal CopyItem? Peek()
    {
        lock (items) return items.TryPeek(out var item) ? item : null;
    }

    internal void Dequeue()
    {
        lock (items) items.Dequeue();
    }

    internal void Requeue(CopyItem item)
    {
        lock (items) items.Enqueue(item);
    }

    internal void Done(CopyItem item, Copied line)
    {
        lock (items) done(item, line);
    }

    internal void Fail(Exception e)
    {
        if (e is OperationCanceledException && stop.IsCancellationRequested) return;
        Interlocked.CompareExchange(ref _failure, e, null);
        stop.Cancel();
    }
}
