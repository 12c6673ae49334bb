namespace KubeMetrics.Pipeline.Settings;

/// <summary>The host that settings are for.</summary>
public enum HostKind
{
    /// <summary>One process on one machine, which listens itself: <c>kubemetrics serve</c>.</summary>
    Local,

    /// <summary>The function app: Azure Functions' host listens, asks for keys, and starts and ends instances as it likes.</summary>
    FunctionApp,
}
