using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>How uploads are listed from page to page.</summary>
public sealed class ListUploadsTests : IDisposable
{
    private readonly S3Clients _clients = new();

    public void Dispose() => _clients.Dispose();

    [Fact]
    public async Task The_next_page_is_asked_for_with_the_key_as_it_is_and_not_as_the_answer_encoded_it()
    {
        static string Page(string key, string rest) =>
            $"<ListMultipartUploadsResult><EncodingType>url</EncodingType>{rest}<Upload><Key>{key}</Key><UploadId>u</UploadId><Initiated>2018-02-11T06:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>";
        using var endpoint = new RecordingEndpoint(
            request => RecordingEndpoint.Answer(200, request.Target.Contains("key-marker")
                ? Page("b", "<IsTruncated>false</IsTruncated>")
                : Page("a+b%2B%25c", "<IsTruncated>true</IsTruncated><NextKeyMarker>a+b%2B%25c</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>")), "127.0.0.1");
        var store = new S3Store("ceph-bucket", new S3Connection { Endpoint = $"http://127.0.0.1:{endpoint.Port}", AccessKey = "key", SecretKey = "secret" }, _clients);

        var keys = await store.ListUploadsAsync("", TestContext.Current.CancellationToken).Select(upload => upload.Key).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["a b+%c", "b"], keys);
        Assert.Contains("&key-marker=a%20b%2B%25c&", endpoint.Seen[1].Target);
    }
}
