using System.Globalization;
using KubeMetrics.Pipeline.Refresh;

namespace KubeMetrics.Pipeline.Tests.Refresh;

/// <summary>Times by NCRONTAB. The expected ones are counted by hand from the expression's meaning in Azure Functions' documentation.</summary>
public sealed class ScheduleTests
{
    [Theory]
    [InlineData("0 0 6 * * *", "2018-02-11T06:00:00Z", "2018-02-12T06:00:00Z")]
    [InlineData("0 0 6 * * *", "2018-02-11T05:59:59Z", "2018-02-11T06:00:00Z")]
    [InlineData("0 6 * * *", "2018-02-11T05:59:59Z", "2018-02-11T06:00:00Z")] // without the seconds
    [InlineData("*/30 * * * * *", "2018-02-11T06:00:10Z", "2018-02-11T06:00:30Z")]
    [InlineData("0 0 0 29 2 *", "2018-02-11T00:00:00Z", "2020-02-29T00:00:00Z")]
    [InlineData("0 0 9 * * MON-FRI", "2018-02-10T10:00:00Z", "2018-02-12T09:00:00Z")] // the 10th was a Saturday
    [InlineData("0 0 6 * * *", "2018-02-11T08:00:00+03:00", "2018-02-11T06:00:00Z")] // it is 05:00 in UTC
    public void The_next_time_is(string schedule, string after, string next) =>
        Assert.Equal(DateTimeOffset.Parse(next, CultureInfo.InvariantCulture), Schedule.Parse(schedule).After(DateTimeOffset.Parse(after, CultureInfo.InvariantCulture)));

    [Fact]
    public void A_day_that_never_comes_is_no_schedule() => Assert.Contains("no such day ever comes", Assert.Throws<FormatException>(() => Schedule.Parse("0 0 0 30 2 *")).Message);
}
