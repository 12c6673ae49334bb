using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Settings;

/// <summary>Everything that a host is told, validated.</summary>
public sealed record KubeMetricsOptions
{
    /// <summary>Where work, runs and keys are kept.</summary>
    public required StoreUri State { get; init; }

    /// <summary>The datasets, by name.</summary>
    public required IReadOnlyList<Dataset> Datasets { get; init; }

    /// <summary>How buckets are reached.</summary>
    public StorageOptions Storage { get; init; } = new();

    /// <summary>Who may call, and where.</summary>
    public ApiOptions Api { get; init; } = new();

    /// <summary>How work is taken and given back.</summary>
    public WorkOptions Work { get; init; } = new();

    /// <summary>Limits of analyses.</summary>
    public AnalysisLimits Analysis { get; init; } = new();

    /// <summary>Limits of ingests.</summary>
    public IngestLimits Ingest { get; init; } = new();

    /// <summary>Who may notify.</summary>
    public NotificationOptions Notifications { get; init; } = new();

    /// <summary>Where events go, and who may deliver some.</summary>
    public EventOptions Events { get; init; } = new();

    /// <summary>When datasets are refreshed.</summary>
    public RefreshOptions Refresh { get; init; } = new();

    /// <summary>What runs jobs.</summary>
    public SparkOptions Spark { get; init; } = new();

    /// <summary>How much the log says: trace, debug, information, warning, error.</summary>
    public string LogLevel { get; init; } = "information";

    /// <summary>What may surprise without being wrong, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
