namespace KubeMetrics.Spark.Clusters.Standalone;

/// <summary>Where a standalone cluster is.</summary>
public sealed record StandaloneOptions
{
    /// <summary>Its master, as Spark writes it: <c>spark://host:7077</c>.</summary>
    public required string Master { get; init; }

    /// <summary>Where submissions go; else port 6066 of the master.</summary>
    public Uri? Rest { get; init; }

    /// <summary>The master's pages; else its port 8080.</summary>
    public Uri? Ui { get; init; }

    /// <summary>What runs scripts.</summary>
    public Runner Runner { get; init; } = Runner.Sql;

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much of the end of each log is read, in bytes; a worker gives no more than 1 MiB.</summary>
    public int LogBytes { get; init; } = 256 << 10;

    internal Uri RestAddress => Rest ?? At(6066);

    internal Uri UiAddress => Ui ?? At(8080);

    private Uri At(int port) => Uri.TryCreate(Master.Split(',')[0], UriKind.Absolute, out var master) && master is { Scheme: "spark", Host.Length: > 0 }
        ? new Uri($"http://{master.Host}:{port}")
        : throw new ArgumentException($"'{Master}' is no master's address; it is written as spark://host:7077.");
}
