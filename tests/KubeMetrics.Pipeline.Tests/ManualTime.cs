using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace KubeMetrics.Pipeline.Tests;

/// <summary>A process's clock, which goes on when a test says so, and tells when somebody begins to wait on it.</summary>
internal sealed class ManualTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    /// <summary>2018-02-11 06:00 UTC.</summary>
    public static readonly DateTimeOffset Begin = new(2018, 2, 11, 6, 0, 0, TimeSpan.Zero);

    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    public ManualTime()
        : this(Begin)
    {
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Forgets the waits there were up to now.</summary>
    public void ForgetWaits()
    {
        while (_waits.Reader.TryRead(out _))
        {
        }
    }

    /// <summary>Waits until somebody waits for so long.</summary>
    public async Task SomebodyWaitsAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        await foreach (var wait in _waits.Reader.ReadAllAsync(cancellationToken))
            if (wait == length)
                return;
    }

    /// <summary>Lets the time go on until something is done: each time somebody waits for so long, and by as much.</summary>
    public async Task PassesUntilAsync(Task done, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        while (true)
        {
            await Task.WhenAny(done, SomebodyWaitsAsync(wait, enough.Token));
            cancellationToken.ThrowIfCancellationRequested();
            if (done.IsCompleted) break;
            Advance(wait);
        }

        await enough.CancelAsync();
    }
}
