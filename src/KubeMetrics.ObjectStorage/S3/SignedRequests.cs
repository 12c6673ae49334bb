using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;
using Amazon.S3;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>Requests to an endpoint that the SDK has no call for, signed as it signs its own.</summary>
internal sealed class SignedRequests(S3Connection connection, HttpClient http)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Asks.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="service">The service that the request is signed for: <c>s3</c>, <c>sns</c>.</param>
    /// <param name="path">The path.</param>
    /// <param name="query">The query.</param>
    /// <param name="form">What is sent as a form; null for nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The status and the body.</returns>
    /// <exception cref="ObjectStoreException">It can't be asked.</exception>
    internal async Task<(HttpStatusCode Status, string Body)> SendAsync(
        HttpMethod method, string service, string path, IReadOnlyList<(string Name, string Value)> query, IReadOnlyList<(string Name, string Value)>? form, CancellationToken cancellationToken)
    {
        var body = form is null ? "" : string.Join('&', form.Select(Encoded));
        var request = new DefaultRequest(new Asked(), service)
        {
            HttpMethod = method.Method,
            Endpoint = connection.EndpointUri,
            ResourcePath = path,
            Content = System.Text.Encoding.UTF8.GetBytes(body),
            OverrideSigningServiceName = service,
            AuthenticationRegion = connection.SigningRegion,
            UseQueryString = false,
        };
        foreach (var (name, value) in query) request.SubResources.Add(name, value);
        if (form is not null) request.Headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8";
        var config = new AmazonS3Config { ServiceURL = connection.EndpointUri.AbsoluteUri, AuthenticationRegion = connection.SigningRegion };
        new AWS4Signer().Sign(request, config, new RequestMetrics(), Credentials());

        using var message = new HttpRequestMessage(method, new Uri(connection.EndpointUri, path + (query.Count > 0 ? "?" + string.Join('&', query.Select(Encoded)) : "")));
        if (form is not null) message.Content = new ByteArrayContent(request.Content);
        foreach (var (name, value) in request.Headers)
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content?.Headers.TryAddWithoutValidation(name, value);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var response = await http.SendAsync(message, patience.Token);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(patience.Token));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectStoreException(ObjectStoreError.Unavailable, $"{connection.EndpointUri} does not answer ({e.Message.TrimEnd('.')}); see whether it runs, and whether the endpoint is right.", e);
        }
    }

    private AWSCredentials Credentials() => connection switch
    {
        { AccessKey: { } key, SecretKey: { } secret, SessionToken: { } token } => new SessionAWSCredentials(key, secret, token),
        { AccessKey: { } key, SecretKey: { } secret } => new BasicAWSCredentials(key, secret),
        _ => DefaultAWSCredentialsIdentityResolver.GetCredentials(),
    };

    private static string Encoded((string Name, string Value) one) => one.Value.Length > 0 ? $"{Uri.EscapeDataString(one.Name)}={Uri.EscapeDataString(one.Value)}" : Uri.EscapeDataString(one.Name);

    private sealed class Asked : AmazonWebServiceRequest;
}
