using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis.Columns;

namespace KubeMetrics.Pipeline.Tests.Analysis.Columns;

/// <summary>The table of <see cref="PackChoice"/>, row by row. Sizes in MiB.</summary>
public sealed class PackChoiceTests
{
    private const long MiB = 1 << 20;
    private static readonly DateTimeOffset Now = new(2018, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static PackState Own(string key, int size, double live, double hours = 5, bool damaged = false) =>
        new(Entry(key, size, hours), Own: true, (long)(live * MiB), (long)((size - live) * MiB), damaged);

    private static PackState Other(string key, int size, double hours) => new(Entry(key, size, hours), Own: false);

    private static ObjectEntry Entry(string key, int size, double hours) => new(key, size * MiB, "etag", Now.AddHours(-hours));

    private static (string Anew, string Deleted) Of(long limit, params PackState[] packs)
    {
        var (anew, deleted) = PackChoice.Of(packs, limit * MiB, Now);
        return (string.Join(' ', anew.Order(StringComparer.Ordinal)), string.Join(' ', deleted.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void What_is_of_use_and_fits_stays() => Assert.Equal(("", ""), Of(100, Own("a", 8, live: 8), Own("b", 8, live: 5), Other("c", 8, hours: 500)));

    [Fact]
    public void What_is_of_no_use_goes_once_no_other_process_can_have_written_it_just_now() =>
        Assert.Equal(("", "old"), Of(100, Own("old", 8, live: 0), Own("new", 8, live: 0, hours: 0.5)));

    [Fact]
    public void What_is_mostly_of_no_use_is_made_anew_once_old() =>
        Assert.Equal(("old", ""), Of(100, Own("old", 8, live: 2), Own("new", 8, live: 2, hours: 0.5)));

    [Fact]
    public void Damage_is_cleared_away_at_once() =>
        Assert.Equal(("some", "all"), Of(100, Own("all", 8, live: 0, hours: 0, damaged: true), Own("some", 8, live: 7, hours: 0, damaged: true)));

    [Theory]
    [InlineData(16, "")]
    [InlineData(17, "00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16")]
    public void Many_small_ones_become_one(int count, string anew) =>
        Assert.Equal((anew, ""), Of(100, [.. Enumerable.Range(0, count).Select(i => Own($"{i:00}", 1, live: 1)), Own("large", 8, live: 8)]));

    [Fact]
    public void Over_the_limit_first_goes_what_is_gone_or_changed() =>
        Assert.Equal(("some", "none"), Of(20, Own("none", 8, live: 0, hours: 0), Own("some", 8, live: 7, hours: 0), Own("all", 8, live: 8), Other("other", 4, hours: 500)));

    [Fact]
    public void Then_the_oldest_of_other_conditions() =>
        Assert.Equal(("", "older"), Of(20, Own("all", 8, live: 8, hours: 900), Other("older", 8, hours: 500), Other("newer", 8, hours: 400)));

    [Fact]
    public void Then_the_oldest() =>
        Assert.Equal(("", "newer older other"), Of(10, Own("older", 8, live: 8, hours: 9), Own("newest", 8, live: 8, hours: 1), Own("newer", 8, live: 7, hours: 5), Other("other", 8, hours: 1)));

    [Fact]
    public void At_a_limit_of_nothing_nothing_stays() => Assert.Equal(("", "a b"), Of(0, Own("a", 8, live: 8), Own("b", 8, live: 3)));
}
