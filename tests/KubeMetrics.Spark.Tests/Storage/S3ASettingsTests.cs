using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Spark.Storage;

namespace KubeMetrics.Spark.Tests.Storage;

/// <summary>What a cluster is told of buckets, as the Hadoop documentation names it (hadoop-aws 3.3, "Configuring different S3 buckets with Per-Bucket Configuration").</summary>
public sealed class S3ASettingsTests
{
    private static readonly S3Connection Private = new() { Endpoint = "http://ceph:7480", AccessKey = "key-of-ours", SecretKey = "secret-of-ours" };
    private static readonly S3Connection Public = new() { Anonymous = true, Region = "eu-west-1" };

    private static IReadOnlyDictionary<string, string> For(ClusterKeys keys, params (string Bucket, S3Connection Connection)[] buckets) =>
        S3ASettings.For(buckets.ToDictionary(one => one.Bucket, one => one.Connection), keys);

    [Fact]
    public void A_public_and_a_private_store_stand_side_by_side_and_share_nothing()
    {
        var properties = For(new ClusterKeys(Private), ("bd-dist", Public), ("ours", Private));

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["spark.hadoop.fs.s3a.bucket.bd-dist.endpoint"] = "https://s3.eu-west-1.amazonaws.com",
                ["spark.hadoop.fs.s3a.bucket.bd-dist.endpoint.region"] = "eu-west-1",
                ["spark.hadoop.fs.s3a.bucket.bd-dist.path.style.access"] = "false",
                ["spark.hadoop.fs.s3a.bucket.bd-dist.connection.ssl.enabled"] = "true",
                ["spark.hadoop.fs.s3a.bucket.bd-dist.aws.credentials.provider"] = "org.apache.hadoop.fs.s3a.AnonymousAWSCredentialsProvider",
                ["spark.hadoop.fs.s3a.bucket.ours.endpoint"] = "http://ceph:7480",
                ["spark.hadoop.fs.s3a.bucket.ours.path.style.access"] = "true",
                ["spark.hadoop.fs.s3a.bucket.ours.connection.ssl.enabled"] = "false",
                ["spark.hadoop.fs.s3a.bucket.ours.signing-algorithm"] = "S3SignerType",
                ["spark.hadoop.fs.s3a.bucket.ours.aws.credentials.provider"] = "com.amazonaws.auth.EnvironmentVariableCredentialsProvider",
            }.OrderBy(pair => pair.Key, StringComparer.Ordinal), properties);
    }

    [Fact]
    public void No_key_and_no_secret_is_ever_among_them()
    {
        var properties = For(new ClusterKeys(Private, "jceks://s3a@ours/keys.jceks"), ("ours", Private), ("theirs", Private with { AccessKey = "key-of-theirs", SecretKey = "secret-of-theirs" }));

        Assert.DoesNotContain(properties, pair => pair.Value.Contains("key-of", StringComparison.Ordinal) || pair.Value.Contains("secret", StringComparison.Ordinal));
        Assert.Equal("jceks://s3a@ours/keys.jceks", properties["spark.hadoop.fs.s3a.bucket.theirs.security.credential.provider.path"]);
    }

    [Theory]
    [InlineData("http://elsewhere:7480", "key-of-ours")]
    [InlineData("http://ceph:7480", "key-of-theirs")]
    public void Keys_of_the_environment_never_go_to_another_store_nor_stand_for_another_user(string endpoint, string accessKey)
    {
        var refused = Assert.Throws<BucketKeysException>(() => For(new ClusterKeys(Private), ("theirs", Private with { Endpoint = endpoint, AccessKey = accessKey })));

        Assert.Equal("theirs", refused.Bucket);
        Assert.Contains("Spark:CredentialProvider", refused.Message);
    }

    [Fact]
    public void Nothing_is_set_for_all_buckets_at_once() =>
        Assert.All(For(new ClusterKeys(Private), ("bd-dist", Public), ("ours", Private)).Keys, name => Assert.StartsWith("spark.hadoop.fs.s3a.bucket.", name));
}
