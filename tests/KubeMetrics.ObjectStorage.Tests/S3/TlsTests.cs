using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>A real gateway over https, with a certificate that an authority of our own signed, for <c>localhost</c> alone.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly S3Clients _clients = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("kubemetrics-").FullName;

    public void Dispose()
    {
        _clients.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Writes the authority's certificate, and the gateway's with its key.</summary>
    private (string Authority, string Gateway) Certificates(string below = "")
    {
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var authorityKey = RSA.Create(2048);
        var authority = new CertificateRequest("CN=An authority of a test", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var issuer = authority.CreateSelfSigned(from, to);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(issuer, from, to, [1, 2, 3]);
        var (ca, gateway) = (Path.Combine(_folder, below + "ca.pem"), Path.Combine(_folder, below + "gateway.pem"));
        File.WriteAllText(ca, issuer.ExportCertificatePem());
        File.WriteAllText(gateway, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return (ca, gateway);
    }

    [Fact]
    public async Task An_authority_of_ones_own_is_trusted_where_its_file_is_named_and_for_the_names_it_signed()
    {
        var (authority, gateway) = Certificates();
        var ceph = await Ceph.OwnAsync("memstore", gateway);
        try
        {
            S3Store Store(string host, string? file) => new("tls-bucket", ceph.Connection with { Endpoint = $"https://{host}:{new Uri(ceph.SecureEndpoint!).Port}", CaFile = file, Setting = "Storage:Default" }, _clients);
            var content = RandomNumberGenerator.GetBytes(9 << 20);
            var trusted = Store("localhost", authority);
            await trusted.CreateBucketAsync(Cancellation);
            await trusted.PutAsync("k", new MemoryStream(content), null, Cancellation);
            var upload = await trusted.StartUploadAsync("parts", null, Cancellation);
            var part = await trusted.PutPartAsync("parts", upload, 1, new MemoryStream(content), null, Cancellation);
            await trusted.CompleteUploadAsync("parts", upload, [part], Cancellation);

            foreach (var key in (string[])["k", "parts"]) Assert.Equal(content, (await trusted.GetBytesAsync(key, int.MaxValue, Cancellation))!.Value.Content);
            var unknown = await Assert.ThrowsAsync<ObjectStoreException>(() => Store("localhost", null).HeadAsync("k", Cancellation));
            Assert.Contains("a certificate that is not trusted here", unknown.Message);
            Assert.Contains("Storage:Default:CaFile", unknown.Message);
            var misnamed = await Assert.ThrowsAsync<ObjectStoreException>(() => Store(IPAddress.Loopback.ToString(), authority).HeadAsync("k", Cancellation));
            Assert.Contains("a certificate for another name (localhost): correct Storage:Default:Endpoint", misnamed.Message);
            Assert.DoesNotContain("CaFile", misnamed.Message);
            Directory.CreateDirectory(Path.Combine(_folder, "other"));
            var stranger = await Assert.ThrowsAsync<ObjectStoreException>(() => Store("localhost", Certificates("other/").Authority).HeadAsync("k", Cancellation));
            Assert.Contains($"not trusted here, with {_folder}/other/ca.pem neither", stranger.Message);
        }
        finally
        {
            await ceph.WipeAsync();
        }
    }
}
