using System.Text;
using KubeMetrics.Pipeline.Notifications;

namespace KubeMetrics.Pipeline.Tests.Notifications;

/// <summary>What is read of bodies, good and bad. The forms are those of Ceph 16.2 (recorded), AWS's documentation and CloudEvents 1.0.</summary>
public sealed class NotificationReaderTests
{
    private static IReadOnlyList<NotificationItem> Read(string body, Predicate<NotificationItem>? isTaken = null) => NotificationReader.Read(Encoding.UTF8.GetBytes(body), isTaken);

    private static Arrival One(string body) => Assert.IsType<NotificationItem.Told>(Assert.Single(Read(body))).Arrival;

    private static NotificationItem.Bad Bad(string body) => Assert.IsType<NotificationItem.Bad>(Assert.Single(Read(body)));

    /// <summary>What was recorded of a real Ceph, with what was done to it to make it send that.</summary>
    [Theory]
    [InlineData("put", "ObjectCreated:Put", "put.bin", 5L)]
    [InlineData("put-special-key", "ObjectCreated:Put", "sync/a b+ü%.txt", 11L)]
    [InlineData("put-persistent", "ObjectCreated:Put", "persist/p1.txt", 16L)]
    [InlineData("put-versioned", "ObjectCreated:Put", "v.bin", 2L)]
    [InlineData("post-form", "ObjectCreated:Post", "post.bin", 6L)]
    [InlineData("copy", "ObjectCreated:Copy", "copy.bin", 5L)]
    [InlineData("multipart-complete", "ObjectCreated:CompleteMultipartUpload", "mp.bin", 5_242_980L)]
    [InlineData("delete", "ObjectRemoved:Delete", "copy.bin", 5L)]
    [InlineData("delete-version", "ObjectRemoved:Delete", "v.bin", 2L)]
    [InlineData("delete-marker", "ObjectRemoved:DeleteMarkerCreated", "v.bin", 2L)]
    public void Recorded_notifications_of_Ceph_are_read(string file, string name, string key, long size)
    {
        var folder = Environment.GetEnvironmentVariable("KUBEMETRICS_SHARED");
        if (folder is null) Assert.Skip("KUBEMETRICS_SHARED is not set: it names the folder with recorded notifications in ceph/captured/.");
        var arrival = One(File.ReadAllText(Path.Combine(folder, "ceph", "captured", file + ".json")));
        Assert.Equal((name, key, size), (arrival.Event, arrival.Key, arrival.Size!.Value));
        Assert.Matches("^[0-9a-f]{32}(-[0-9]+)?$", arrival.ETag!);
    }

    [Fact]
    public void Keys_of_Ceph_are_as_they_are_and_those_of_AWS_are_decoded()
    {
        Assert.Equal("a b+ü%.json", One(Notified.Body(Notified.Record("a b+ü%.json"))).Key);
        Assert.Equal("a b+ü.json", One(Notified.Body(Notified.Record("a+b%2B%C3%BC.json", source: "aws:s3"))).Key);
    }

    [Fact]
    public void AWS_names_events_with_a_prefix_in_subscriptions_and_without_in_records_and_both_are_the_same() =>
        Assert.Equal("ObjectCreated:Put", One(Notified.Body(Notified.Record("a.json", name: "s3:ObjectCreated:Put"))).Event);

    [Fact]
    public void The_test_that_AWS_sends_when_a_subscription_is_made_is_no_record() =>
        Assert.IsType<NotificationItem.Test>(Assert.Single(Read("""{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"dumps"}""")));

    [Fact]
    public void An_envelope_of_CloudEvents_is_taken_off_one_or_many()
    {
        var record = Notified.Record("a.json");
        string Envelope(string data) => $$"""{"specversion":"1.0","id":"1","source":"/x","type":"com.amazonaws.ObjectCreated:Put",{{data}}}""";
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(Notified.Body(record)));
        foreach (var body in (string[])[Envelope($"\"data\":{record}"), Envelope($"\"data\":{Notified.Body(record)}"), Envelope($"\"data_base64\":\"{encoded}\"")])
            Assert.Equal("a.json", One(body).Key);
        Assert.Equal(2, Read($"[{Envelope($"\"data\":{record}")},{Envelope($"\"data\":{record}")}]").Count);
        Assert.Contains("in an envelope", Bad(Envelope($"\"data\":{Envelope($"\"data\":{record}")}")).Reason);
    }

    [Theory]
    [InlineData("", "no JSON at line 1, byte 1")]
    [InlineData("what?", "no JSON at line 1, byte 1")]
    [InlineData("{\"Records\":[\n{]}", "no JSON at line 2, byte 2")]
    [InlineData("7", "no object")]
    [InlineData("[]", "empty list")]
    [InlineData("{}", "holds no \"Records\"")]
    [InlineData("{\"Records\":7}", "\"Records\" is no list")]
    [InlineData("{\"Records\":[7]}", "record is no object")]
    [InlineData("{\"Records\":[{}]}", "no \"eventName\"")]
    [InlineData("{\"Records\":[{\"eventName\":7}]}", "no \"eventName\"")]
    [InlineData("{\"Records\":[{\"eventName\":\"ObjectCreated:Put\"}]}", "no \"s3\"")]
    [InlineData("{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":{}}]}", "names no bucket")]
    [InlineData("{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"b\"}}}]}", "names no object")]
    [InlineData("{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"\"}}}]}", "names no object")]
    [InlineData("{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"k\",\"size\":-1}}}]}", "no count of bytes")]
    [InlineData("{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"\\ud800\"}}}]}", "names no object")]
    [InlineData("{\"specversion\":\"1.0\"}", "holds no data")]
    public void What_can_not_be_read_says_why(string body, string reason) => Assert.Contains(reason, Bad(body).Reason);

    [Fact]
    public void A_bad_record_among_good_ones_is_one_bad_item()
    {
        var items = Read(Notified.Body(Notified.Record("a.json"), "{}", Notified.Record("b.json")));
        Assert.Equal(["Told", "Bad", "Told"], items.Select(item => item.GetType().Name));
    }

    [Fact]
    public void Nesting_that_is_too_deep_is_told_and_not_followed()
    {
        var depth = NotificationReader.Depth;
        Assert.Contains($"nested deeper than {depth} levels", Bad(new string('[', 100_000)).Reason);
        Assert.Contains($"nested deeper than {depth} levels", Bad($"{new string('[', depth)}{new string(']', depth)}".Insert(depth, "[]")).Reason);
    }

    [Fact]
    public void What_is_kept_of_a_bad_record_holds_no_secret_and_is_bounded()
    {
        var bad = Bad(Notified.Body(Notified.Record("", opaqueData: "the secret of the topic")));
        Assert.DoesNotContain("secret", bad.Record);
        Assert.Equal("the secret of the topic", bad.OpaqueData);
        Assert.True(Bad(new string('x', 1 << 20)).Record.Length <= 16 << 10);
    }

    /// <summary>What JSON allows and text does not: half a character, bytes that are no UTF-8, a name twice.</summary>
    [Theory]
    [InlineData("""{"opaqueData":"a","opaqueData":"b"}""")]
    [InlineData("""{"x":1,"x":2,"opaqueData":"b"}""")]
    [InlineData("""{"opaqueData":"b","eventName":"\ud800"}""")]
    [InlineData("""{"\ud800":1,"opaqueData":"b"}""")]
    [InlineData("""{"opaque\u0044ata":"b"}""")]
    [InlineData("""{"eventName":"ÿ","opaqueData":"b"}""")]
    [InlineData("""{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"dumps"},"object":{"key":"ÿ"}},"opaqueData":"b"}""")]
    [InlineData("""{"eventName":"ObjectCreated:Put","s3":{"\udfff":1,"bucket":{"name":"dumps"},"object":{"key":"\ud800"}},"opaqueData":"b"}""")]
    public void A_record_that_is_no_text_is_a_bad_one_without_its_secret_and_the_others_count(string record)
    {
        // Latin-1: the ÿ is a byte that no UTF-8 has.
        var body = Encoding.Latin1.GetBytes(Notified.Body(record, Notified.Record("a.json")));
        var items = NotificationReader.Read(body);

        var bad = Assert.IsType<NotificationItem.Bad>(items[0]);
        Assert.Equal("b", bad.OpaqueData);
        Assert.DoesNotContain("\"b\"", bad.Record);
        Assert.Equal("a.json", Assert.IsType<NotificationItem.Told>(items[1]).Arrival.Key);
    }

    [Fact]
    public void Of_many_bad_ones_some_are_kept_and_the_others_counted()
    {
        var items = Read(Notified.Body([.. Enumerable.Repeat("{}", 20_000), Notified.Record("a.json")]));

        Assert.Equal(NotificationReader.BadKept + 2, items.Count);
        Assert.Single(items.OfType<NotificationItem.Told>());
        Assert.StartsWith($"{20_000 - NotificationReader.BadKept} more", Assert.IsType<NotificationItem.Bad>(items[^1]).Reason);
    }

    [Fact]
    public void Reading_ends_with_the_first_that_is_not_taken()
    {
        var asked = 0;
        Read(Notified.Body(Enumerable.Repeat(Notified.Record("a.json"), 1000)), _ => ++asked < 3);
        Assert.Equal(3, asked);
    }
}
