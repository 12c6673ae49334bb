using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.EndToEnd.Tests;

/// <summary><c>kubemetrics notifications</c> on a real Ceph, whose topics all buckets share.</summary>
public sealed class NotificationsCommandTests : IAsyncLifetime
{
    private const string Key = "a-key-of-notifications", Other = "a-key-of-another-time";
    private readonly TemporaryFolder _folder = new();
    private readonly S3Clients _clients = new();
    private readonly string _live = Ceph.NewBucketName(), _staging = Ceph.NewBucketName(), _dataset = $"papi_{Guid.NewGuid():N}"[..13];
    private Ceph? _ceph;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ceph = await Ceph.RunningAsync();
        foreach (var name in (string[])[_live, _staging]) await Bucket(name).CreateBucketAsync(Cancellation);
        Settings("live.json", _live);
        Settings("staging.json", _staging);
    }

    public ValueTask DisposeAsync()
    {
        _clients.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Two_buckets_with_datasets_of_one_name_leave_each_other_alone()
    {
        await CommandAsync("live.json", "set");
        await CommandAsync("staging.json", "set");
        await CommandAsync("staging.json", "remove");

        await PutAsync(_live);
        await PutAsync(_staging);
        Assert.Contains(_live, (await CommandAsync("live.json", "show")).Output);
        Assert.Contains("tells already", (await CommandAsync("live.json", "set")).Output);
        Assert.Contains("tells nobody", (await CommandAsync("staging.json", 1, "show")).Error);
        await CommandAsync("live.json", "remove");
        await PutAsync(_live);
    }

    [Theory]
    [InlineData("http://kubemetrics-abc.azurewebsites.net", "write --url https://kubemetrics-abc.azurewebsites.net")]
    [InlineData("ftp://host:7071", "is no address that Ceph could send to")]
    [InlineData("http://0.0.0.0:7071", "name the one by which Ceph reaches it")]
    public async Task An_address_that_Ceph_could_not_send_to_is_refused_and_nothing_is_made(string url, string remedy)
    {
        Assert.Contains(remedy, (await CommandAsync("live.json", 2, "set", "--url", url)).Error);
        Assert.Contains("tells nobody", (await CommandAsync("live.json", 1, "show")).Error);
    }

    [Fact]
    public async Task What_an_earlier_version_set_is_replaced_and_its_topic_stays_while_another_bucket_uses_it()
    {
        var former = $"kubemetrics-{_dataset}";
        await SetAsAnEarlierVersionAsync(_live, former);
        await SetAsAnEarlierVersionAsync(_staging, former);
        Assert.Contains("earlier version", (await CommandAsync("live.json", "show")).Output);

        var set = await CommandAsync("staging.json", "set");
        Assert.Contains("in place of", set.Output);
        Assert.Contains($"notifications remove {_dataset} --topic {former}", set.Error);
        Assert.DoesNotContain("earlier version", (await CommandAsync("staging.json", "show")).Output);
        var refused = await CommandAsync("staging.json", 1, "remove", "--topic", former);
        Assert.Contains($"s3://{_live} uses the topic {former}", refused.Error);
        await PutAsync(_live);

        // The last that used it tells no more: whether others do nobody can see, so it goes when somebody says so.
        var removed = await CommandAsync("live.json", "remove");
        Assert.Contains("tells nobody any more", removed.Output);
        Assert.Contains($"notifications remove {_dataset} --topic {former}", removed.Error);
        Assert.Contains("is deleted", (await CommandAsync("live.json", "remove", "--topic", former)).Output);
        Assert.Contains("There is no topic", (await CommandAsync("live.json", "remove", "--topic", former)).Output);
        await PutAsync(_live);
        await PutAsync(_staging);
    }

    [Fact]
    public async Task A_bucket_whose_topic_an_earlier_version_deleted_for_another_is_set_again()
    {
        var former = $"kubemetrics-{_dataset}";
        await SetAsAnEarlierVersionAsync(_live, former);
        await SetAsAnEarlierVersionAsync(_staging, former);
        using (var bucket = new BucketNotifications(_staging, _ceph!.Connection, _clients)) await bucket.RemoveAsync(former, Cancellation);
        await Assert.ThrowsAnyAsync<ObjectStoreException>(() => PutAsync(_live));

        var set = await CommandAsync("live.json", "set");

        Assert.DoesNotContain("--topic", set.Error); // it is gone
        await PutAsync(_live);
        await CommandAsync("live.json", "remove");
        await PutAsync(_live);
        Assert.Contains("tells nobody", (await CommandAsync("live.json", 1, "show")).Error);
    }

    [Fact]
    public async Task A_bucket_whose_topic_is_gone_is_shown_as_refusing_and_set_again()
    {
        var former = $"kubemetrics-{_dataset}";
        await SetAsAnEarlierVersionAsync(_live, former);
        using (var bucket = new BucketNotifications(_live, _ceph!.Connection, _clients)) Assert.True(await bucket.RemoveTopicAsync(former, Cancellation));
        await Assert.ThrowsAnyAsync<ObjectStoreException>(() => PutAsync(_live));
        Assert.Contains("gone, so Ceph refuses", (await CommandAsync("live.json", "show")).Output);

        await CommandAsync("live.json", "set");
        await PutAsync(_live);

        var name = (await CommandAsync("live.json", "show")).Output.Split('\n')[0]["name".Length..].Trim();
        using (var bucket = new BucketNotifications(_live, _ceph.Connection, _clients)) Assert.True(await bucket.RemoveTopicAsync(name, Cancellation));
        Assert.Contains("from now on", (await CommandAsync("live.json", "set")).Output);
        await PutAsync(_live);
    }

    [Fact]
    public async Task A_location_that_moved_to_another_bucket_is_told_with_what_ends_the_former()
    {
        await CommandAsync("live.json", "set");
        Settings("live.json", _staging);

        var moved = await CommandAsync("live.json", "set");

        var remove = $"notifications remove {_dataset} --bucket {_live}";
        Assert.Contains(remove, moved.Error);
        Assert.Contains($"s3://{_live} tells nobody any more", (await CommandAsync("live.json", "remove", "--bucket", _live)).Output);
        Assert.DoesNotContain(remove, (await CommandAsync("live.json", "set")).Error);
        Assert.Contains(_staging, (await CommandAsync("live.json", "show")).Output);
        await PutAsync(_live);
        await PutAsync(_staging);
    }

    [Fact]
    public async Task An_endpoint_with_another_key_than_the_settings_is_told_without_showing_either()
    {
        await CommandAsync("live.json", "set");
        Assert.Contains("key         that of the settings", (await CommandAsync("live.json", "show")).Output);
        Settings("live.json", _live, Other);

        var shown = await CommandAsync("live.json", "show");

        Assert.Contains("key         not that of the settings", shown.Output);
        Assert.Contains($"kubemetrics notifications set {_dataset} --url http://127.0.0.1:7071", shown.Output);
        Assert.DoesNotContain(Key, shown.Output + shown.Error);
        Assert.DoesNotContain(Other, shown.Output + shown.Error);
        await CommandAsync("live.json", "set");
        Assert.Contains("key         that of the settings", (await CommandAsync("live.json", "show")).Output);
    }

    [Fact]
    public async Task Tenants_with_buckets_of_one_name_leave_each_other_alone()
    {
        var tenant = $"t{Guid.NewGuid():N}"[..9];
        var (exitCode, output) = await _ceph!.ScriptAsync("admin", "user", "create", "--tenant", tenant, "--uid", "u", "--display-name", "u", "--access-key", tenant, "--secret-key", "secret");
        Assert.True(exitCode == 0, output);
        var theirs = new S3Store(_live, _ceph.Connection with { AccessKey = tenant, SecretKey = "secret" }, _clients);
        await theirs.CreateBucketAsync(Cancellation);
        Settings("theirs.json", _live, Key, tenant, "secret");

        await CommandAsync("live.json", "set");
        await CommandAsync("theirs.json", "set");
        await CommandAsync("theirs.json", "remove");

        await PutAsync(_live);
        await theirs.PutBytesAsync("papi/x.json", new byte[] { 1 }, cancellationToken: Cancellation);
    }

    private S3Store Bucket(string name) => new(name, _ceph!.Connection, _clients);

    private async Task PutAsync(string bucket) => await Bucket(bucket).PutBytesAsync($"papi/{Guid.NewGuid():N}.json", new byte[] { 1 }, cancellationToken: Cancellation);

    private async Task SetAsAnEarlierVersionAsync(string bucket, string name)
    {
        using var notifications = new BucketNotifications(bucket, _ceph!.Connection, _clients);
        await notifications.SetAsync(name, $"http://127.0.0.1:7071/api/notifications?code={Key}", "papi/", Cancellation);
    }

    private void Settings(string file, string bucket, string key = Key, string? access = null, string? secret = null) => _folder.Write(file, JsonSerializer.Serialize(new
    {
        Storage = new { Default = new { _ceph!.Endpoint, AccessKey = access ?? _ceph.AccessKey, SecretKey = secret ?? _ceph.SecretKey } },
        Datasets = new Dictionary<string, object> { [_dataset] = new { Location = $"s3://{bucket}/papi" } },
        Notifications = new { Key = key },
    }));

    private Task<CommandRun> CommandAsync(string settings, params string[] arguments) => CommandAsync(settings, 0, arguments);

    private async Task<CommandRun> CommandAsync(string settings, int exitCode, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(_folder.Path, ["notifications", arguments[0], _dataset, .. arguments[1..], "--settings", settings]);
        Assert.True(run.ExitCode == exitCode, $"{run.ExitCode}: {run.Output} {run.Error}");
        return run;
    }
}
