namespace KubeMetrics.Pipeline.Work;

/// <summary>What a step sees of its work.</summary>
public sealed class WorkContext
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(100);

    private readonly HeldWork _held;
    private readonly WorkFeed _feed;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private (string Step, long Since, long Done) _pace;
    private long _told;

    internal WorkContext(HeldWork held, WorkFeed feed, TimeProvider time)
    {
        _held = held;
        _feed = feed;
        _time = time;
    }

    /// <summary>The record as it was last written.</summary>
    public WorkRecord Record => _held.Record;

    /// <summary>What one step leaves in memory for the next of the same process; null after a restart.</summary>
    public object? Carried { get; set; }

    /// <summary>How far the work is, as last reported.</summary>
    public WorkProgress? Progress { get; private set; }

    /// <summary>
    /// Makes sure that this process still has the work and that it is still wanted, by renewing its lease: what comes next
    /// must not be done twice at once, or can't be taken back.
    /// </summary>
    /// <exception cref="LeaseLostException">Somebody else has it.</exception>
    /// <exception cref="OperationCanceledException">Somebody wants it given up.</exception>
    public async Task EnsureHeldAsync(CancellationToken cancellationToken)
    {
        if ((await _held.ChangeAsync(record => record with { Progress = Progress }, cancellationToken)).CancelRequested) throw new OperationCanceledException();
    }

    /// <summary>Tells how far the step is; may be called from any thread, as often as one likes.</summary>
    /// <param name="step">What is being done, as one word.</param>
    /// <param name="done">How much of it.</param>
    /// <param name="total">Of how much; 0 where that is not known.</param>
    /// <param name="unit">What is counted.</param>
    /// <param name="from">How much of the whole work was done when the step began, 0 to 1.</param>
    /// <param name="to">How much of it is done when it ends.</param>
    /// <param name="trouble">What fails for some seconds now, and is tried again; null where nothing does.</param>
    public void Report(string step, long done, long total, string unit, double from, double to, string? trouble = null)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            if (_pace.Step != step) _pace = (step, now, done);
            else if (_time.GetElapsedTime(_told, now) < Often && done != total && trouble == Progress?.Trouble) return;
            _told = now;
            var share = total > 0 ? Math.Clamp((double)done / total, 0, 1) : 0;
            var (got, spent) = (done - _pace.Done, _time.GetElapsedTime(_pace.Since, now).TotalSeconds);
            double? pace = got > 0 && spent > 0.5 ? got / spent : null;
            // The first of many take longest: what they tell of the rest is no estimate.
            double? left = pace is { } perSecond && total > 0 && got * 20 >= total ? Math.Round(Math.Max(0, total - done) / perSecond, 1) : null;
            Progress = new WorkProgress(step, done, total, unit, Math.Round(from + share * (to - from), 4), left, pace is { } rate ? Math.Round(rate, 1) : null, trouble);
            _feed.Progress(_held.Record, Progress);
        }
    }
}
