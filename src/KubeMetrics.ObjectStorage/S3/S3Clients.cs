using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>The clients of this process: one for each way in which buckets are reached, so that those reached alike share connections.</summary>
/// <param name="time">The clock that tells when a connection stands still; the system's if not given.</param>
public sealed class S3Clients(TimeProvider? time = null) : IDisposable
{
    private readonly ConcurrentDictionary<S3Connection, Lazy<Reach>> _reached = [];
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>A client that speaks to one endpoint as one user.</summary>
    /// <exception cref="ObjectStoreException">The certificates can't be read.</exception>
    internal IAmazonS3 For(S3Connection connection) => ReachOf(connection).Client;

    /// <summary>What makes a copy's requests without the SDK, over the same connections; null where it can't.</summary>
    /// <exception cref="ObjectStoreException">The certificates can't be read.</exception>
    internal DirectRequests? DirectFor(S3Connection connection) => ReachOf(connection).Direct;

    /// <summary>What requests that the SDK has no call for go through: the same connections under the same rules.</summary>
    internal HttpClient HttpFor(S3Connection connection) => new Connections(connection, _time).Client;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var reach in _reached.Values.Where(reach => reach.IsValueCreated)) reach.Value.Client.Dispose();
    }

    private Reach ReachOf(S3Connection connection) => _reached.GetOrAdd(connection, one => new Lazy<Reach>(() =>
    {
        var connections = new Connections(one, _time);
        return new Reach(Create(one, connections), DirectRequests.CanReach(one) ? new DirectRequests(one, connections.Client, _time) : null);
    })).Value;

    private sealed record Reach(IAmazonS3 Client, DirectRequests? Direct);

    private static AmazonS3Client Create(S3Connection connection, Connections connections)
    {
        var config = new AmazonS3Config
        {
            ServiceURL = connection.EndpointUri.AbsoluteUri,
            AuthenticationRegion = connection.SigningRegion,
            ForcePathStyle = connection.UsesPathStyle,
            // The SDK's own: trailing checksums are refused by Ceph (XAmzContentSHA256Mismatch), and other checksums ignored.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            // Nothing of the machine's settings for the SDK decides whom we speak to.
            IgnoreConfiguredEndpointUrls = true,
            AllowAutoRedirect = false,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = 0, // tried again by us, who know what may be done twice
            MaxStaleConnectionRetries = 0,
            Timeout = Timeout.InfiniteTimeSpan,
            BufferSize = 256 << 10,
            DisableLogging = true,
            HttpClientFactory = connections,
        };
        return connection switch
        {
            { Anonymous: true } => new KeepingClient(new AnonymousAWSCredentials(), config),
            { AccessKey: { } key, SecretKey: { } secret, SessionToken: { } token } => new KeepingClient(new SessionAWSCredentials(key, secret, token), config),
            { AccessKey: { } key, SecretKey: { } secret } => new KeepingClient(new BasicAWSCredentials(key, secret), config),
            _ => new KeepingClient(config),
        };
    }

    private sealed class Connections(S3Connection connection, TimeProvider time) : HttpClientFactory
    {
        public HttpClient Client { get; } = new(new Staying(Handler(connection, time))) { Timeout = Timeout.InfiniteTimeSpan };

        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => Client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

        private static SocketsHttpHandler Handler(S3Connection connection, TimeProvider time)
        {
            var handler = new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = System.Net.DecompressionMethods.None, // objects are bytes, whatever their encoding says
                ConnectTimeout = TimeSpan.FromSeconds(10),
                ConnectCallback = async (context, cancellationToken) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    try
                    {
                        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                        return new MovingStream(socket, connection.Stall, time);
                    }
                    catch
                    {
                        socket.Dispose();
                        throw;
                    }
                },
                MaxConnectionsPerServer = connection.Connections,
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
                PooledConnectionLifetime = TimeSpan.FromMinutes(10), // so that a changed address is seen
                RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8, // metadata are text, and what is signed is its UTF-8
                ResponseHeaderEncodingSelector = (_, _) => Encoding.UTF8,
                UseCookies = false,
            };
            handler.SslOptions.RemoteCertificateValidationCallback = Trusting(connection.CaFile);
            return handler;
        }

        /// <summary>Nobody but the configured endpoint is ever spoken to: the SDK would follow a redirect by itself.</summary>
        private sealed class Staying(HttpMessageHandler inner) : DelegatingHandler(inner)
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                var response = await base.SendAsync(request, cancellationToken);
                response.Headers.Location = null;
                return response;
            }
        }

        /// <summary>Trusts whom the system trusts and, for the same names, whom the authorities of a file signed; says why where it does not.</summary>
        private static RemoteCertificateValidationCallback Trusting(string? file)
        {
            var authorities = file is null ? [] : Authorities(file);
            return (_, shown, chain, errors) =>
            {
                if (errors == SslPolicyErrors.None) return true;
                if (shown is null || chain is null) return false;
                using var certificate = X509CertificateLoader.LoadCertificate(shown.GetRawCertData());
                // Only who signed it may be unknown to the system: a wrong name stays wrong.
                if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && !IsSigned(certificate, chain, authorities))
                    throw new CertificateException(false, string.Join(", ", chain.ChainStatus.Select(one => one.StatusInformation.Trim().TrimEnd('.')).Distinct()));
                if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) throw new CertificateException(true, $"for another name ({string.Join(", ", Names(certificate))})");
                return !errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable);
            };
        }

        private static X509Certificate2Collection Authorities(string file)
        {
            var authorities = new X509Certificate2Collection();
            try
            {
                authorities.ImportFromPemFile(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
            {
                throw new ObjectStoreException(ObjectStoreError.Unavailable, $"The certificates in {file} can't be read ({e.Message.TrimEnd('.')}); name a PEM file as CaFile.", e);
            }

            return authorities.Count > 0 ? authorities : throw new ObjectStoreException(ObjectStoreError.Unavailable, $"{file} holds no certificate; name a PEM file as CaFile.");
        }

        private static bool IsSigned(X509Certificate2 certificate, X509Chain chain, X509Certificate2Collection authorities)
        {
            if (authorities.Count == 0) return false;
            using var own = new X509Chain();
            own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            own.ChainPolicy.CustomTrustStore.AddRange(authorities);
            own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            foreach (var element in chain.ChainElements) own.ChainPolicy.ExtraStore.Add(element.Certificate);
            return own.Build(certificate);
        }

        private static IEnumerable<string> Names(X509Certificate2 certificate)
        {
            var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(one => one.EnumerateDnsNames().Concat(one.EnumerateIPAddresses().Select(address => address.ToString()))).ToList();
            return names.Count > 0 ? names : [certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false)];
        }
    }
}
