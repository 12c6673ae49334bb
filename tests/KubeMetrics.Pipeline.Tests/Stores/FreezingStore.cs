using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A store that can be stopped: what is asked of it then waits until it goes on.</summary>
internal sealed class FreezingStore(IObjectStore inner) : StoreDecorator(inner)
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource? _frozen;

    /// <summary>Done when something was asked while it was stopped.</summary>
    public Task SomethingWaits => _asked.Task;

    public void Freeze() => _frozen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw()
    {
        var frozen = _frozen!;
        _frozen = null;
        frozen.SetResult();
    }

    protected override async Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken)
    {
        if (_frozen is { } frozen)
        {
            _asked.TrySetResult();
            await frozen.Task; // whatever becomes of the caller: a stopped process does not look at its tokens
        }

        return await operation();
    }
}
