namespace KubeMetrics;

public class TimeArgumentsTests
{
    // Expected milliseconds: `date -u -d … +%s` times 1000.
    [Theory]
    [InlineData("2018-02-03", 1517616000000)]
    [InlineData("2018-02-03T04:05", 1517630700000)]
    [InlineData("2018-02-03 04:05", 1517630700000)]
    [InlineData("2018-02-03T04:05:06Z", 1517630706000)]
    [InlineData("2018-02-03T04:05:06.5", 1517630706500)]
    [InlineData("2018-02-03T05:05+01:00", 1517630700000)]
    [InlineData("1517630706.25", 1517630706250)]
    public void PointInTime_reads_days_times_and_seconds_as_UTC(string text, long expected) =>
        Assert.Equal(expected, TimeArguments.PointInTime(text));

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2018-13-01")]
    [InlineData("02/03/2018")]
    [InlineData("17")]
    public void PointInTime_names_what_it_cannot_read_and_how_it_is_written(string text)
    {
        var error = Assert.Throws<FormatException>(() => TimeArguments.PointInTime(text));
        Assert.Contains($"'{text}'", error.Message);
        Assert.Contains("2018-02-03", error.Message);
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("30m", 1800)]
    [InlineData("12h", 43200)]
    [InlineData("30d", 2592000)]
    [InlineData("2w", 1209600)]
    [InlineData("1d12h", 129600)]
    [InlineData("1.5h", 5400)]
    public void Length_reads_what_Prometheus_writes(string text, double seconds) =>
        Assert.Equal(seconds, TimeArguments.Length(text).TotalSeconds);

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("d")]
    [InlineData("0d")]
    [InlineData("-1d")]
    [InlineData("1d ")]
    [InlineData("5x")]
    [InlineData("99999999999y")]
    public void Length_names_what_it_cannot_read_and_how_it_is_written(string text)
    {
        var error = Assert.Throws<FormatException>(() => TimeArguments.Length(text));
        Assert.Contains($"'{text}'", error.Message);
        Assert.Contains("30d", error.Message);
    }
}
