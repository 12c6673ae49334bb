using CsCheck;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Work;

public sealed class WorkIdTests
{
    // Up to the year 9999, the last that a DateTimeOffset has.
    private static readonly Gen<DateTimeOffset> Time = Gen.Long[0, 253402300799999].Select(DateTimeOffset.FromUnixTimeMilliseconds);

    [Fact]
    public void Names_sort_as_their_times_do() =>
        Gen.Select(Time, Time).Sample((a, b) => a == b || Math.Sign(string.CompareOrdinal(WorkId.New(a), WorkId.New(b))) == a.CompareTo(b));

    [Fact]
    public void Names_of_one_moment_differ()
    {
        // 30 bits by chance: two among a hundred are the same once in 200,000 runs of this test.
        var names = Enumerable.Range(0, 100).Select(_ => WorkId.New(ManualTime.Begin)).ToList();

        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.All(names, name => Assert.True(WorkId.IsOne(name)));
    }

    [Fact]
    public void A_name_begins_with_its_milliseconds_in_Crockfords_base_32() =>
        // 1518328800000 (2018-02-11 06:00 UTC), divided by 32 ten times in Python
        Assert.StartsWith("01c61q5rr0", WorkId.New(ManualTime.Begin), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcde")]
    [InlineData("0123456789abcdefg")]
    [InlineData("0123456789ABCDEF")]
    [InlineData("0123456789abcdei")]
    [InlineData("../0123456789abc")]
    public void What_can_be_no_name_is_none(string text) => Assert.False(WorkId.IsOne(text));
}
