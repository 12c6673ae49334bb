using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>The examples of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, with their signatures.</summary>
public sealed class RequestSignerTests
{
    private const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private readonly RequestSigner _signer = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1");

    private string Signed(string method, string path, string query, params (string Name, string Value)[] headers)
    {
        var all = new SortedList<string, string>(StringComparer.Ordinal) { ["host"] = "examplebucket.s3.amazonaws.com", ["x-amz-date"] = "20130524T000000Z" };
        foreach (var (name, value) in headers) all[name] = value;
        return _signer.Authorization(method, path, query, all);
    }

    [Fact]
    public void A_range_of_an_object() => Assert.Equal(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        Signed("GET", "/test.txt", "", ("range", "bytes=0-9"), ("x-amz-content-sha256", Empty)));

    [Fact]
    public void An_object_that_is_put_under_a_key_that_has_to_be_encoded() => Assert.Equal(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        Signed("PUT", "/test%24file.text", "", ("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")));

    [Fact]
    public void A_query() => Assert.EndsWith(
        "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        Signed("GET", "/", "max-keys=2&prefix=J", ("x-amz-content-sha256", Empty)));

    [Fact]
    public void The_time_is_written_in_UTC() => Assert.Equal("20130524T000000Z", RequestSigner.Time(new DateTimeOffset(2013, 5, 24, 2, 0, 0, TimeSpan.FromHours(2))));
}
