using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace KubeMetrics.Spark.Clusters;

/// <summary>
/// Requests to a cluster. Whatever listens there may be something else, broken or without end: an answer has a time and a size,
/// and what is wrong with one is said with the endpoint's address.
/// </summary>
/// <param name="client">Sends them.</param>
/// <param name="timeout">How long a whole answer may take.</param>
/// <param name="time">What that is measured by.</param>
internal sealed class ClusterHttp(HttpClient client, TimeSpan timeout, TimeProvider time)
{
    internal const int UsualSize = 8 << 20;

    internal Task<ClusterAnswer> GetAsync(Uri uri, CancellationToken cancellationToken, int most = UsualSize) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, uri), cancellationToken, most);

    /// <exception cref="ClusterUnreachableException">No answer, or not all of one, or too much.</exception>
    internal async Task<ClusterAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken, int most = UsualSize)
    {
        using var _ = request;
        var endpoint = request.RequestUri!.GetLeftPart(UriPartial.Path);
        using var late = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            return new ClusterAnswer(endpoint, response.StatusCode, response.ReasonPhrase ?? "", await ReadAsync(stream, endpoint, most, either.Token));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClusterUnreachableException($"{endpoint} did not answer within {timeout.TotalSeconds:0.#} s.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException and not ClusterUnreachableException)
        {
            throw new ClusterUnreachableException($"{endpoint} does not answer: {e.Message}", e);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, string endpoint, int most, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 << 10);
        try
        {
            using var all = new MemoryStream();
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                if (all.Length + read > most) throw new ClusterUnreachableException($"{endpoint} answers with more than {most >> 10} KiB; that is not what was asked for.");
                all.Write(buffer, 0, read);
            }

            return all.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>An answer of a cluster.</summary>
/// <param name="Endpoint">Who gave it: the address without its query.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Phrase">What the status line says beside its number.</param>
/// <param name="Body">What came.</param>
internal sealed record ClusterAnswer(string Endpoint, HttpStatusCode Status, string Phrase, byte[] Body)
{
    internal bool Ok => (int)Status is >= 200 and < 300;

    internal string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The body as JSON.</summary>
    /// <exception cref="ClusterUnreachableException">It is something else.</exception>
    internal T Json<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw NotWhatItShould();
        }
        catch (JsonException e)
        {
            throw NotWhatItShould(e);
        }
    }

    /// <summary>What to throw where it is not what should be at that address.</summary>
    internal ClusterUnreachableException NotWhatItShould(Exception? inner = null) =>
        new($"{Endpoint} answers {(int)Status} with something else than what Spark answers there; is it the right address?", inner);
}
