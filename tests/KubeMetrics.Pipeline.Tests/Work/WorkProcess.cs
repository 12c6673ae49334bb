using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Work;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeMetrics.Pipeline.Tests.Work;

/// <summary>What one process has of work: its own view of the store, its own executor, its own clock.</summary>
internal sealed class WorkProcess
{
    public const string Prefix = "state";

    /// <summary>A term of 15 s, so a renewal every 5 s; no other wait is as long.</summary>
    public static readonly WorkOptions Usual = new()
    {
        LeaseTerm = TimeSpan.FromSeconds(15),
        Poll = TimeSpan.FromSeconds(1),
        Attempts = 3,
        RetryAfter = TimeSpan.FromSeconds(2),
    };

    private static readonly TimeSpan Long = TimeSpan.FromDays(1);
    private readonly TimeProvider _time;
    private readonly WorkOptions _options;

    public WorkProcess(IObjectStore store, TimeProvider time, params IWorkKind[] kinds)
        : this(store, time, Usual, _ => kinds)
    {
    }

    public WorkProcess(IObjectStore store, TimeProvider time, WorkOptions options, params IWorkKind[] kinds)
        : this(store, time, options, _ => kinds)
    {
    }

    public WorkProcess(IObjectStore store, TimeProvider time, WorkOptions options, Func<WorkStore, IReadOnlyList<IWorkKind>> kinds, Func<WorkRecord, CancellationToken, Task>? ending = null)
    {
        _time = time;
        _options = options;
        Works = new WorkStore(store, Prefix, Feed, NullLogger<WorkStore>.Instance, ending);
        Executor = new WorkExecutor(Works, kinds(Works), Feed, options, time, NullLogger<WorkExecutor>.Instance);
    }

    public WorkFeed Feed { get; } = new();

    public WorkStore Works { get; }

    public WorkExecutor Executor { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Adds work that was asked for now.</summary>
    public async Task<WorkRecord> AddAsync(string kind, Func<WorkRecord, WorkRecord>? with = null)
    {
        var record = Made.Record(kind, _time.GetUtcNow());
        return (await Works.AddAsync(with?.Invoke(record) ?? record, Cancellation)).Record;
    }

    public async Task<StoredWork> FindAsync(string id) => await Works.FindAsync(id, Cancellation) ?? throw new InvalidOperationException($"The work {id} is lost.");

    /// <summary>Does what is due until nothing is left.</summary>
    public Task<int> RunAsync(CancellationToken? stopping = null) => Executor.RunDueAsync(Long, stopping ?? Cancellation);

    /// <summary>Does what is due until a record is as wanted, and stops then.</summary>
    public async Task<WorkRecord> RunUntilAsync(Func<WorkRecord, bool> wanted)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var listener = Feed.Listen();
        async Task<WorkRecord?> FoundAsync()
        {
            await foreach (var record in listener.Records.ReadAllAsync(Cancellation))
                if (wanted(record))
                    return record;
            return null;
        }

        var (run, found) = (RunAsync(stop.Token), FoundAsync());
        await Task.WhenAny(run, found);
        await stop.CancelAsync();
        await run;
        listener.Dispose(); // what was told up to its end can still be read
        return await found ?? throw new InvalidOperationException("The run ended before a record was as wanted.");
    }

    /// <summary>Looks once and takes up what is free; where nothing is, time passes until it stops.</summary>
    /// <returns>How much it took up.</returns>
    public async Task<int> LookAsync(TimeSpan passes)
    {
        var time = (ManualTime)_time;
        time.ForgetWaits();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var look = Executor.RunDueAsync(TimeSpan.FromTicks(1), Cancellation);
        await Task.WhenAny(look, time.SomebodyWaitsAsync(_options.Poll, enough.Token));
        time.Advance(passes);
        while (!look.IsCompleted)
        {
            // Who asked for the time just before it went on and began to wait just after would wait for ever.
            await Task.WhenAny(look, time.SomebodyWaitsAsync(_options.Poll, enough.Token));
            Feed.Publish(Made.Record("nothing", time.GetUtcNow()));
        }

        await enough.CancelAsync();
        return await look;
    }

    /// <summary>Goes on after others were killed: sees their leases for their whole term, and then does what is due.</summary>
    public async Task TakeOverAsync()
    {
        if ((await Works.ListAsync(Cancellation)).Any(work => work.Record.Lease is not null)) Assert.Equal(0, await LookAsync(_options.LeaseTerm * 1.2));
        await RunAsync();
    }
}
