namespace KubeMetrics.Pipeline.Refresh;

/// <summary>What is known of a dataset when it is decided whether it is refreshed.</summary>
/// <param name="IsBusy">A refresh of it waits or runs.</param>
/// <param name="IsFilling">An ingest into its Location waits or runs.</param>
/// <param name="IsScheduled">A time of its schedule has come.</param>
/// <param name="IsDirty">There are markers.</param>
/// <param name="QuietFor">How long no marker has come.</param>
/// <param name="WaitedFor">How long the oldest marker has been there.</param>
/// <param name="IsReconciling">It is time to list it and compare.</param>
public readonly record struct RefreshFacts(
    bool IsBusy, bool IsFilling, bool IsScheduled, bool IsDirty, TimeSpan QuietFor, TimeSpan WaitedFor, bool IsReconciling);

/// <summary>What is to be done about a dataset.</summary>
public enum RefreshAction
{
    /// <summary>Nothing, now.</summary>
    None,

    /// <summary>Refresh it, whatever is there: its source may have news.</summary>
    Refresh,

    /// <summary>List it: refresh it where it is not what was last analysed, else forget the markers.</summary>
    Compare,
}

/// <summary>
/// Whether a dataset is refreshed. By the first row that holds:
/// <code>
/// busy  filling  scheduled  dirty                              reconciling  action
/// yes   any      any        any                                any          none: one at a time; what came since is looked at after it
/// no    any      yes        any                                any          refresh
/// no    yes      no         any                                any          none: all that it brings makes one refresh
/// no    no       no         quiet for Quiet, or for MaxWait    any          compare
/// no    no       no         any                                yes          compare
/// no    no       no         else                               no           none
/// </code>
/// </summary>
public static class RefreshDecision
{
    /// <summary>Decides.</summary>
    public static RefreshAction Of(RefreshFacts facts, RefreshOptions options) => facts switch
    {
        { IsBusy: true } => RefreshAction.None,
        { IsScheduled: true } => RefreshAction.Refresh,
        { IsFilling: true } => RefreshAction.None,
        { IsDirty: true } when facts.QuietFor >= options.Quiet || facts.WaitedFor >= options.MaxWait => RefreshAction.Compare,
        { IsReconciling: true } => RefreshAction.Compare,
        _ => RefreshAction.None,
    };
}
