using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeMetrics.Pipeline.Tests.Work;

/// <summary>What a host does that has timers instead of a loop.</summary>
public sealed class TimedWorkTests
{
    private readonly ManualTime _time = new();
    private readonly ApplicationLifetime _application = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly Lines _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private sealed class Lines : ILogger<TimedWork>
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Add($"{logLevel}: {formatter(state, exception)}");
    }

    private TimedWork Timed(params object[] services)
    {
        var all = new ServiceCollection();
        foreach (var service in services) all.AddSingleton(service.GetType(), service);
        return new TimedWork(all.BuildServiceProvider(), _application, _log);
    }

    [Fact]
    public async Task Where_settings_are_wrong_each_sentence_is_logged_and_nothing_is_done()
    {
        var work = Timed(new SettingsMistakes(["State is not set.", "Work:Poll is '0'."]));

        await work.StartAsync(Cancellation);
        Assert.Equal(["Error: Settings: State is not set.", "Error: Settings: Work:Poll is '0'."], _log.All);

        await work.RunDueAsync(Cancellation); // there is no executor that could be called
        await work.RefreshAsync(Cancellation);
        Assert.All(_log.All[2..], line => Assert.StartsWith("Error: Nothing is done, since settings are wrong (2 told", line));
        Assert.Equal(4, _log.All.Count);
    }

    [Fact]
    public async Task A_call_works_as_long_as_its_budget_and_leaves_the_rest_to_the_next()
    {
        var kind = new StepsKind(10, (_, _, _) =>
        {
            _time.Advance(TimeSpan.FromSeconds(20));
            return Task.CompletedTask;
        });
        var options = WorkProcess.Usual with { Budget = TimeSpan.FromMinutes(1) };
        var process = new WorkProcess(new MemoryStore(), _time, options, kind);
        var asked = await process.AddAsync("steps");
        var work = Timed(process.Executor, options);

        await work.RunDueAsync(Cancellation);
        Assert.Equal([1, 2, 3], kind.Begun);
        Assert.Equal(WorkState.Queued, (await process.FindAsync(asked.Id)).Record.State);

        for (var call = 0; call < 3; call++) await work.RunDueAsync(Cancellation);
        Assert.Equal(Enumerable.Range(1, 10), kind.Begun);
        Assert.Equal(WorkState.Succeeded, (await process.FindAsync(asked.Id)).Record.State);
    }

    [Fact]
    public async Task A_host_that_stops_gives_its_work_back_before_it_has_stopped()
    {
        var begun = new TaskCompletionSource();
        var kind = new StepsKind(2, async (_, _, stopping) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, stopping);
        });
        var options = WorkProcess.Usual;
        var process = new WorkProcess(new MemoryStore(), _time, options, kind);
        var asked = await process.AddAsync("steps");
        var work = Timed(process.Executor, options);

        var call = work.RunDueAsync(Cancellation);
        await begun.Task.WaitAsync(Cancellation);
        _application.StopApplication();
        await work.StopAsync(Cancellation);

        var record = (await process.FindAsync(asked.Id)).Record;
        Assert.Equal((WorkState.Queued, null), (record.State, record.Lease));
        await call;
    }
}
