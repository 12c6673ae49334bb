using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>The name of a notification and its topic, which no two buckets may share.</summary>
public sealed class NotificationNameTests
{
    [Theory]
    [InlineData("papi", "live", null, "kubemetrics__papi__live")]
    [InlineData("papi", "live", "ten", "kubemetrics__papi__live__ten")]
    [InlineData("my_papi", "my.live_2", null, "kubemetrics__my_5Fpapi__my_2Elive_5F2")]
    public void A_name_says_what_it_is_for_and_where(string dataset, string bucket, string? tenant, string expected) =>
        Assert.Equal(expected, BucketNotifications.NameOf("kubemetrics", dataset, bucket, tenant));

    [Fact]
    public void A_long_name_begins_as_a_short_one_and_ends_in_a_digest()
    {
        var name = BucketNotifications.NameOf("kubemetrics", "papi", new string('b', 70) + ".c", null);
        // sha256sum of kubemetrics__papi__bbb…b_2Ec
        Assert.Equal($"kubemetrics__papi__{new string('b', 37)}__4eb6afbd652a496acaa367081c443130", name);
    }

    [Fact]
    public void No_two_buckets_datasets_and_tenants_make_one_name()
    {
        string[] words = ["a", "a_", "a__a", "a-a", "a.a", "a_5Fa", "_a", "5F", new('a', 63), new('_', 63), new('.', 63), "a__", "__a"];
        var names = from dataset in words from bucket in words from tenant in words.Append(null) select BucketNotifications.NameOf("kubemetrics", dataset, bucket, tenant);
        var all = names.ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.All(all, name => Assert.Matches("^[A-Za-z0-9_-]{1,90}$", name)); // what AWS and newer gateways take, and Ceph 16.2 can lock a queue of
    }
}
