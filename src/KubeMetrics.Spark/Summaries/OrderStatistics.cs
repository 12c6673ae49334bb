namespace KubeMetrics.Spark.Summaries;

/// <summary>Some of the different values of data that lie on a cluster, with their ranks.</summary>
/// <param name="Count">How many values there are in all, equal ones too.</param>
/// <param name="NotPositive">How many of them are zeros and negatives.</param>
/// <param name="Orders">The values that are known, ascending.</param>
internal sealed record OrderStatistics(long Count, long NotPositive, IReadOnlyList<RankedValue> Orders)
{
    /// <summary>How many values have a log.</summary>
    public long Positive => Count - NotPositive;

    /// <summary>The value of a rank, from 0: the smallest.</summary>
    public double At(long rank) => Find(Orders, rank);

    /// <summary>The natural log of the positive value of a rank, from 0: the smallest.</summary>
    public double LogAt(long rank) => Math.Log(Find(Orders, NotPositive + rank));

    /// <summary>The value of a rank among some that are told by rank.</summary>
    /// <exception cref="InvalidDataException">It is none of those.</exception>
    public static double Find(IReadOnlyList<RankedValue> orders, long rank)
    {
        foreach (var one in orders)
            if (one.Below <= rank && rank < one.Upto)
                return one.Value;
        throw new InvalidDataException($"What Spark has computed lacks the value of rank {rank}; run the job again.");
    }
}

/// <summary>A value, and which ranks it has.</summary>
/// <param name="Below">How many lie below it: its first rank.</param>
/// <param name="Upto">How many do not lie above it: behind its last rank.</param>
/// <param name="Value">The value.</param>
internal readonly record struct RankedValue(long Below, long Upto, double Value);
