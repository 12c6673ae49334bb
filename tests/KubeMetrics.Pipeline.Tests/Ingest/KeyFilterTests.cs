using KubeMetrics.Pipeline.Ingest;

namespace KubeMetrics.Pipeline.Tests.Ingest;

public sealed class KeyFilterTests
{
    [Theory]
    [InlineData("*.json", "a.json", true)]
    [InlineData("*.json", "2018/02/a.json", true)]
    [InlineData("*.json", "a.json.bz2", false)]
    [InlineData("2018/*.json", "2018/a.json", true)]
    [InlineData("2018/*.json", "2018/02/a.json", false)]
    [InlineData("2018/**/a.json", "2018/a.json", true)]
    [InlineData("2018/**/a.json", "2018/02/10/a.json", true)]
    [InlineData("2018/**", "2018/02/10/a.json", true)]
    [InlineData("2018/", "2018/02/a.json", true)]
    [InlineData("2018/", "x2018/a.json", false)]
    [InlineData("/a.json", "a.json", true)]
    [InlineData("/a.json", "b/a.json", false)]
    [InlineData("**/2018/a", "2018/a", true)]
    [InlineData("**/2018/a", "x/2018/a", true)]
    [InlineData("?.tsv", "é.tsv", true)]
    [InlineData("a?1", "a/1", false)]
    [InlineData("a+(b).json", "a+(b).json", true)]
    [InlineData("*", "line\nbreak", true)]
    public void A_pattern_matches(string pattern, string key, bool matches) => Assert.Equal(matches, new KeyFilter([pattern], []).Wants(key));

    [Fact]
    public void What_is_excluded_is_not_wanted_even_where_it_is_included()
    {
        var filter = new KeyFilter(["*.json", "*.tsv"], ["tmp/"]);
        Assert.Equal([true, true, false, false], new[] { "a.json", "x/b.tsv", "tmp/a.json", "c.txt" }.Select(filter.Wants));
    }

    [Fact]
    public void Without_a_pattern_everything_is_wanted() => Assert.True(new KeyFilter([], []).Wants("any/thing"));

    [Fact]
    public void An_empty_pattern_is_refused() => Assert.Throws<FormatException>(() => new KeyFilter([""], []));

    [Fact]
    public void A_pattern_made_to_take_for_ever_does_not()
    {
        var filter = new KeyFilter([string.Concat(Enumerable.Repeat("*a", 400))], []);
        Assert.False(filter.Wants(new string('a', 1000) + "b")); // with steps gone back on, the ages of the world
    }
}
