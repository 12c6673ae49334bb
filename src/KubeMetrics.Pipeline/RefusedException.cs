namespace KubeMetrics.Pipeline;

/// <summary>Why something that was asked for is not done.</summary>
public enum Refusal
{
    /// <summary>There is no such dataset.</summary>
    UnknownDataset,

    /// <summary>There is no such run.</summary>
    UnknownRun,

    /// <summary>There is no such report, or no such file in it.</summary>
    UnknownReport,

    /// <summary>There is no such dead letter.</summary>
    UnknownDeadLetter,

    /// <summary>What was asked for can't be understood.</summary>
    Invalid,

    /// <summary>It was understood, and there is nothing that it could be done with.</summary>
    Nothing,

    /// <summary>Nothing is set that could run it.</summary>
    NoCluster,

    /// <summary>The key stands for another request.</summary>
    KeyReused,

    /// <summary>What the key stands for is no longer kept.</summary>
    NoLongerKept,

    /// <summary>Too much waits already.</summary>
    QueueFull,

    /// <summary>It is not in a state for this.</summary>
    WrongState,
}

/// <summary>What was asked for is not done: the message says why, <see cref="Remedy"/> what to do.</summary>
public sealed class RefusedException(Refusal reason, string detail, string remedy, Exception? inner = null) : Exception(detail, inner)
{
    /// <summary>The kind of reason.</summary>
    public Refusal Reason { get; } = reason;

    /// <summary>What to do.</summary>
    public string Remedy { get; } = remedy;
}
