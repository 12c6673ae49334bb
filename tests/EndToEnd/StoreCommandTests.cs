using System.Text.Json;

namespace KubeMetrics.EndToEnd.Tests;

/// <summary><c>kubemetrics store</c> by hand, on a real Ceph.</summary>
public sealed class StoreCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _bucket = Ceph.NewBucketName();

    public async ValueTask InitializeAsync()
    {
        var ceph = await Ceph.RunningAsync();
        _folder.Write("appsettings.json", $$"""{"Storage":{"Default":{"Endpoint":"{{ceph.Endpoint}}","AccessKey":"{{ceph.AccessKey}}","SecretKey":"{{ceph.SecretKey}}"},"Buckets":{"wrong-key":{"Endpoint":"{{ceph.Endpoint}}","AccessKey":"nobody","SecretKey":"x"},"nobody-there":{"Endpoint":"http://127.0.0.1:1","AccessKey":"a","SecretKey":"b"} } } }""");
        Is(0, await Store("mb", $"s3://{_bucket}"));
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<CommandRun> Store(params string[] arguments) => CommandRun.OfAsync(_folder.Path, ["store", .. arguments]);

    private static CommandRun Is(int exitCode, CommandRun run)
    {
        Assert.True(exitCode == run.ExitCode, $"{run.ExitCode}: {run.Output} {run.Error}");
        Assert.DoesNotContain("   at ", run.Error);
        return run;
    }

    [Fact]
    public async Task What_is_put_is_listed_told_and_got_as_it_was()
    {
        _folder.Write("a file+1.json", "hello");
        Is(0, await Store("mb", $"s3://{_bucket}")); // again

        Is(0, await Store("put", "a file+1.json", $"s3://{_bucket}/in/"));
        Is(0, await Store("put", "a file+1.json", $"s3://{_bucket}/in/deep/b.json"));

        var listed = Is(0, await Store("ls", $"s3://{_bucket}/in"));
        Assert.Contains("in/a file+1.json", listed.Output);
        Assert.Contains("in/deep/", listed.Output);
        Assert.DoesNotContain("b.json", listed.Output);
        Assert.Equal(["in/a file+1.json", "in/deep/b.json"], Is(0, await Store("ls", "-r", "--json", $"s3://{_bucket}/in")).Output.Trim().Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("key").GetString()));
        // md5sum of "hello"
        Is(0, await Store("put", "a file+1.json", $"s3://{_bucket}//first"));
        Assert.Equal("hello", Is(0, await Store("cat", $"s3://{_bucket}//first")).Output);
        Assert.Contains("5d41402abc4b2a76b9719d911017c592", Is(0, await Store("stat", $"s3://{_bucket}/in/a file+1.json")).Output);
        Assert.Equal("hello", Is(0, await Store("cat", $"s3://{_bucket}/in/a file+1.json")).Output);
        Is(0, await Store("get", $"s3://{_bucket}/in/deep/b.json"));
        Assert.Equal("hello", await File.ReadAllTextAsync(Path.Combine(_folder.Path, "b.json"), TestContext.Current.CancellationToken));
        Assert.Contains("--force", Is(1, await Store("get", $"s3://{_bucket}/in/deep/b.json")).Error);
        Is(0, await Store("get", "--force", $"s3://{_bucket}/in/deep/b.json"));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.part"));
    }

    [Fact]
    public async Task A_key_that_would_be_several_lines_or_move_the_cursor_is_printed_as_one_line()
    {
        _folder.Write("file", "no dump");
        var key = "a\nb\e[2J.json";

        var put = Is(0, await Store("put", "file", $"s3://{_bucket}/{key}"));
        var analysed = await CommandRun.OfAsync(_folder.Path, "analyze", $"s3://{_bucket}/{key}");

        Assert.StartsWith($"s3://{_bucket}/a b[2J.json  ", put.Output);
        Assert.Contains("a b[2J.json", analysed.Error);
        Assert.DoesNotContain("\e", put.Output + put.Error + analysed.Output + analysed.Error);
        Assert.All(analysed.Error.TrimEnd().Split(Environment.NewLine), line => Assert.StartsWith("kubemetrics: ", line));
    }

    [Theory]
    [InlineData(2, "holds '..' between slashes", "write the key or the prefix itself", "put", "appsettings.json", "s3://{bucket}/../victim/x")]
    [InlineData(1, "There is no object", "ls", "cat", "s3://{bucket}/nothing")]
    [InlineData(1, "There is no bucket 'no-such-bucket'", "store mb s3://no-such-bucket", "ls", "s3://no-such-bucket")]
    [InlineData(1, "does not know the access key", "Storage:Buckets:wrong-key:AccessKey", "ls", "s3://wrong-key")]
    [InlineData(1, "http://127.0.0.1:1 can't be reached", "Storage:Buckets:nobody-there:Endpoint", "ls", "s3://nobody-there")]
    [InlineData(1, "There is no file 'gone'", "check the path", "put", "gone", "s3://{bucket}/")]
    [InlineData(2, "names no object", "store ls", "cat", "s3://{bucket}/folder/")]
    [InlineData(2, "'file:///x' is no bucket", "s3://bucket/key", "ls", "file:///x")]
    [InlineData(2, "must not hold credentials", "configure them", "ls", "s3://key:secret@bucket/x")]
    public async Task What_cannot_be_done_is_told_with_its_remedy(int exitCode, string what, string remedy, params string[] arguments)
    {
        var error = Is(exitCode, await Store([.. arguments.Select(argument => argument.Replace("{bucket}", _bucket))])).Error;
        Assert.Contains(what, error);
        Assert.Contains(remedy, error);
    }
}
