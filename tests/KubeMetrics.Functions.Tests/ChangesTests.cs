using KubeMetrics.Functions.Tests.StandIn;

namespace KubeMetrics.Functions.Tests;

/// <summary>An answer that goes on.</summary>
public sealed class ChangesTests
{
    [Fact]
    public async Task A_stream_of_changes_ends_by_itself_as_a_whole_answer_before_Azure_would_end_it()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = await MadeFolder.CreateAsync(cancellation);
        await using var host = await StandInHost.StartAsync(folder.Settings, cancellation);
        using var changes = await host.Client.GetAsync("/api/changes", HttpCompletionOption.ResponseHeadersRead, cancellation);

        // Azure's load balancer ends what takes longer than 230 s. An answer that was broken off would throw.
        await changes.Content.ReadAsStringAsync(cancellation).WaitAsync(TimeSpan.FromSeconds(230), cancellation);
    }
}
