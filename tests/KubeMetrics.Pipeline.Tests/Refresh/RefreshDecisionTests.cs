using KubeMetrics.Pipeline.Refresh;

namespace KubeMetrics.Pipeline.Tests.Refresh;

/// <summary>The truth table, row by row, and every case there is against it.</summary>
public sealed class RefreshDecisionTests
{
    private static readonly RefreshOptions Options = new() { Quiet = TimeSpan.FromSeconds(10), MaxWait = TimeSpan.FromMinutes(5) };

    [Theory]
    [InlineData("busy scheduled dirty reconciling", 999, 999, RefreshAction.None)]
    [InlineData("scheduled", 0, 0, RefreshAction.Refresh)]
    [InlineData("scheduled filling dirty", 0, 0, RefreshAction.Refresh)]
    [InlineData("filling dirty reconciling", 999, 999, RefreshAction.None)]
    [InlineData("dirty", 9.9, 9.9, RefreshAction.None)]
    [InlineData("dirty", 10, 10, RefreshAction.Compare)]
    [InlineData("dirty", 1, 299, RefreshAction.None)]
    [InlineData("dirty", 1, 300, RefreshAction.Compare)]
    [InlineData("reconciling", 0, 0, RefreshAction.Compare)]
    [InlineData("dirty reconciling", 1, 1, RefreshAction.Compare)]
    [InlineData("", 999, 999, RefreshAction.None)]
    public void A_dataset_is(string facts, double quiet, double waited, RefreshAction action) => Assert.Equal(action, RefreshDecision.Of(
        new RefreshFacts(facts.Contains("busy"), facts.Contains("filling"), facts.Contains("scheduled"), facts.Contains("dirty"), TimeSpan.FromSeconds(quiet), TimeSpan.FromSeconds(waited), facts.Contains("reconciling")), Options));
}
