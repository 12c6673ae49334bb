using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Ingest;

namespace KubeMetrics.Pipeline.Tests.Ingest;

/// <summary>The rows of the truth table, one by one.</summary>
public sealed class DecisionTests
{
    private const string A = "0123456789abcdef0123456789abcdef", B = "fedcba9876543210fedcba9876543210";

    private static ObjectEntry? Entry(string? text) => text?.Split(' ') is [var size, var etag] ? new ObjectEntry("k", long.Parse(size), etag, default) : null;

    [Theory]
    // not wanted: whatever else
    [InlineData("LeftOut", false, "5 " + A, null, null, false)]
    [InlineData("LeftOut", false, "5 " + A, "5 " + A, null, true)]
    [InlineData("LeftOut", false, "5 " + A, "5 " + B, null, false)]
    [InlineData("LeftOut", false, null, "5 " + A, null, true)]
    // the destination has none
    [InlineData("Copy", true, "5 " + A, null, null, false)]
    [InlineData("Copy", true, "5 " + A, null, "5 " + A + " " + A, true)]
    // other sizes
    [InlineData("Copy", true, "5 " + A, "6 " + A, null, false)]
    [InlineData("Copy", true, "5 x", "6 y", "5 x y", false)]
    // equal ETags that are checksums
    [InlineData("Same", true, "5 " + A, "5 " + A, null, false)]
    [InlineData("Same", true, "5 " + A + "-3", "5 " + A + "-3", null, true)]
    [InlineData("Same", true, "0 " + A, "0 " + A, null, false)]
    // equal ETags that are none: two folders' may be equal by chance
    [InlineData("Copy", true, "5 8df-5", "5 8df-5", null, false)]
    // copied before, and nothing has changed since
    [InlineData("Same", true, "5 8df-5", "5 " + B, "5 8df-5 " + B, false)]
    [InlineData("Same", true, "5 " + A + "-2", "5 " + B + "-3", "5 " + A + "-2 " + B + "-3", true)]
    // copied before, and one of the two has changed
    [InlineData("Copy", true, "5 8e0-5", "5 " + B, "5 8df-5 " + B, false)]
    [InlineData("Copy", true, "5 8df-5", "5 " + A, "5 8df-5 " + B, false)]
    // nothing is known
    [InlineData("Copy", true, "5 " + A, "5 " + B, null, false)]
    [InlineData("Copy", true, "5 " + A, "5 " + A + "-1", null, false)]
    // the source has none
    [InlineData("Keep", true, null, "5 " + A, null, false)]
    [InlineData("Delete", true, null, "5 " + A, null, true)]
    [InlineData("Delete", true, null, "5 " + A, "5 " + A + " " + A, true)]
    public void What_is_decided(string action, bool wanted, string? source, string? destination, string? before, bool mirror)
    {
        var known = before?.Split(' ') is [var size, var from, var to] ? new Copied("k", long.Parse(size), from, to, Fate.Copied) : null;

        Assert.Equal(action, Decision.Of(new Pair("k", Entry(source), Entry(destination)), known, wanted, mirror).ToString());
    }

    [Fact]
    public void What_could_not_be_copied_before_is_never_taken_for_the_same() =>
        Assert.Equal(IngestAction.Copy, Decision.Of(new Pair("k", Entry("5 x"), Entry("5 y")), new Copied("k", 5, "x", null, Fate.Failed), true, false));
}
