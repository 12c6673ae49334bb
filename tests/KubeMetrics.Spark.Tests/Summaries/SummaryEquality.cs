using System.Collections;
using System.Reflection;
using KubeMetrics.Prometheus;
using KubeMetrics.Statistics;

namespace KubeMetrics.Spark.Tests.Summaries;

/// <summary>
/// Two engines' summaries, property by property, whatever properties they have: counts, times and texts equal, percentiles to 1e-12, other numbers to 1e-9.
/// </summary>
internal static class SummaryEquality
{
    private static readonly HashSet<string> Percentiles =
    [
        nameof(Description.Min), nameof(Description.Max), nameof(Description.Median), nameof(Description.P05), nameof(Description.P25), nameof(Description.P75),
        nameof(Description.P90), nameof(Description.P95), nameof(Description.P99),
        nameof(Box.Q1), nameof(Box.Q3), nameof(Box.WhiskerLow), nameof(Box.WhiskerHigh), nameof(Box.Drawn), nameof(Grid.Edges),
    ];

    private const double LastDigits = 1e-15;

    /// <summary>Where they differ, one line each; nothing where they do not.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyList<GroupSummary> expected, IReadOnlyList<GroupSummary> actual)
    {
        var differences = new List<string>();
        Compare("groups", "", expected, actual, 0, differences);
        return differences;
    }

    private static void Compare(string path, string name, object? expected, object? actual, double floor, List<string> differences)
    {
        switch (expected, actual)
        {
            case (null, null):
                return;
            case (null, _) or (_, null):
                Differ();
                return;
            case (double a, double b):
                var relative = Percentiles.Contains(name) ? 1e-12 : 1e-9;
                if (!(a == b || Math.Abs(a - b) <= relative * Math.Max(Math.Abs(a), Math.Abs(b)) + floor)) Differ();
                return;
            case (Labels, Labels):
                if (!expected.Equals(actual)) Differ();
                return;
            case (IList a, IList b):
                if (a.Count != b.Count) Differ($"{a.Count} of them", $"{b.Count}");
                for (var i = 0; i < Math.Min(a.Count, b.Count); i++)
                    Compare($"{path}[{(a[i] is GroupSummary group ? group.Name : i)}]", name, a[i], b[i], floor, differences);
                return;
        }

        var type = expected.GetType();
        if (type != actual.GetType())
        {
            Differ();
        }
        else if (expected is IConvertible)
        {
            if (!expected.Equals(actual)) Differ();
        }
        else
        {
            var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0).ToArray();
            Assert.NotEmpty(properties); // else nothing would be compared
            foreach (var property in properties)
                Compare($"{path}.{property.Name}", property.Name, property.GetValue(expected), property.GetValue(actual), Floor(expected, property.Name, name is nameof(GroupSummary.Logs) or nameof(GroupSummary.LogNormal) ? LastDigits : 0), differences);
        }

        void Differ(object? left = null, object? right = null) => differences.Add($"{path}: {left ?? expected ?? "null"} in process, {right ?? actual ?? "null"} by Spark");
    }

    /// <summary>
    /// What is left where terms cancel out is rounding, which nothing can be held to: a mean near zero, the moments of symmetrical data, and, of logs, the
    /// last digits of the logarithms themselves, in which two machines differ.
    /// </summary>
    private static double Floor(object owner, string property, double ofLogs)
    {
        if (owner is Description d)
        {
            var noise = ofLogs * Math.Max(Math.Abs(d.Min), Math.Abs(d.Max));
            return property switch
            {
                nameof(Description.Skewness) or nameof(Description.ExcessKurtosis) => 1e-9 + 10 * noise / d.StandardDeviation,
                nameof(Description.Mean) => 1e-12 * d.StandardDeviation,
                nameof(Description.Variance) or nameof(Description.SampleVariance) => noise * d.StandardDeviation,
                nameof(Description.StandardDeviation) or nameof(Description.SampleStandardDeviation) or nameof(Description.MedianAbsoluteDeviation) => noise,
                nameof(Description.CoefficientOfVariation) => noise / Math.Abs(d.Mean),
                _ => 0,
            };
        }

        if (owner is not LogNormalFit fit) return 0;
        return property switch
        {
            nameof(LogNormalFit.Sigma) => ofLogs * Math.Abs(fit.Mu),
            nameof(LogNormalFit.KolmogorovSmirnov) or nameof(LogNormalFit.KolmogorovSmirnovError) => 1e-12 + ofLogs * Math.Abs(fit.Mu) / fit.Sigma,
            _ => 0,
        };
    }
}
