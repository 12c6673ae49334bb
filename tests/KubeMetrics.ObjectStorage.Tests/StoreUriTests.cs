namespace KubeMetrics.ObjectStorage.Tests;

public sealed class StoreUriTests
{
    [Theory]
    [InlineData("s3://my-bucket", "my-bucket", "")]
    [InlineData("s3://my-bucket/", "my-bucket", "")]
    [InlineData("s3://my-bucket/kube-metrics", "my-bucket", "kube-metrics")]
    [InlineData("s3://my-bucket/a b/c%20d#e?f", "my-bucket", "a b/c%20d#e?f")]
    [InlineData("S3://my-bucket/K", "my-bucket", "K")]
    [InlineData("s3a://my-bucket/K", "my-bucket", "K")]
    [InlineData("s3://my-bucket/..x/.y/...", "my-bucket", "..x/.y/...")]
    [InlineData("s3://my-bucket//lead", "my-bucket", "/lead")]
    public void An_s3_uri_has_a_bucket_and_a_key_taken_as_it_stands(string text, string bucket, string key) =>
        Assert.Equal(new StoreUri(StoreKind.S3, bucket, key), StoreUri.Parse(text));

    [Theory]
    [InlineData("file:///var/data", "/var/data")]
    [InlineData("file:///var/with%20blank", "/var/with blank")]
    [InlineData("file://localhost/var/data", "/var/data")]
    [InlineData("/var/data", "/var/data")]
    [InlineData("/var/x/../data", "/var/data")]
    [InlineData("/var/100%/a#b", "/var/100%/a#b")]
    public void A_file_uri_or_a_path_is_a_folder(string text, string path) =>
        Assert.Equal(new StoreUri(StoreKind.Folder, path), StoreUri.Parse(text));

    [Fact]
    public void A_relative_path_starts_at_the_current_directory() =>
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "data"), StoreUri.Parse("data").Bucket);

    [Theory]
    [InlineData("s3://my-bucket/a b/c%20d")]
    [InlineData("/var/with blank/100%/a#b?c")]
    public void ToString_is_read_back(string text)
    {
        var uri = StoreUri.Parse(text);

        Assert.Equal(uri, StoreUri.Parse(uri.ToString()));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("https://host/bucket", "https://")]
    [InlineData("s3://", "no bucket name")]
    [InlineData("s3:///key", "no bucket name")]
    [InlineData("s3://UPPER/key", "no bucket name")]
    [InlineData("s3://ab/key", "3 to 63")]
    [InlineData("file://host/share", "three slashes")]
    [InlineData("s3://my-bucket/../x", "'..' between slashes")]
    [InlineData("s3://my-bucket/a/./x", "'.' between slashes")]
    [InlineData("s3://my-bucket/a/..", "write the key or the prefix itself")]
    public void Anything_else_is_refused_with_what_to_write(string text, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<FormatException>(() => StoreUri.Parse(text)).Message);

    [Fact]
    public void Credentials_in_a_uri_are_refused_and_not_repeated()
    {
        var refused = Assert.Throws<FormatException>(() => StoreUri.Parse("s3://key:topsecret@bucket/x"));

        Assert.DoesNotContain("topsecret", refused.Message);
    }
}
