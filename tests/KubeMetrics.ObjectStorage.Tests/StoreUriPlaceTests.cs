namespace KubeMetrics.ObjectStorage.Tests;

/// <summary>Places below places.</summary>
public class StoreUriPlaceTests
{
    [Theory]
    [InlineData("s3://bucket/a", "s3://bucket/a/b", "b")]
    [InlineData("s3://bucket/a/", "s3://bucket/a", "")]
    [InlineData("s3://bucket", "s3://bucket/a/b", "a/b")]
    [InlineData("s3://bucket/a", "s3://bucket/ab", null)]
    [InlineData("s3://bucket/a", "s3://other/a", null)]
    [InlineData("/data/a", "/data/a/b/c", "b/c")]
    [InlineData("/data/a", "/data/a", "")]
    [InlineData("/data/a", "/data/a-old", null)]
    [InlineData("/data/a/b", "/data/a", null)]
    [InlineData("/data", "s3://data/a", null)]
    public void PathTo_is_the_way_down_and_null_where_there_is_none(string from, string to, string? path)
    {
        Assert.Equal(path, StoreUri.Parse(from).PathTo(StoreUri.Parse(to)));
        Assert.Equal(path is not null, StoreUri.Parse(from).Contains(StoreUri.Parse(to)));
    }

    [Theory]
    [InlineData("s3://bucket", "s3://bucket/x/y")]
    [InlineData("s3://bucket/a", "s3://bucket/a/x/y")]
    [InlineData("s3://bucket/a/", "s3://bucket/a/x/y")]
    public void Below_adds_names(string place, string below) => Assert.Equal(StoreUri.Parse(below), StoreUri.Parse(place).Below("x/y"));

    [Fact]
    public void Below_a_folder_is_a_folder() => Assert.Equal(StoreUri.Parse("/data/x/y"), StoreUri.Parse("/data").Below("x/y"));
}
