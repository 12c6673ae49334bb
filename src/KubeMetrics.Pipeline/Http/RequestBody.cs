using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Http;

/// <summary>A request's body can't be taken: the message says where and why.</summary>
public sealed class BodyException(int status, string kind, string title, string detail, string remedy, Exception? inner = null) : Exception(detail, inner)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Names the kind of problem.</summary>
    public string Kind { get; } = kind;

    /// <summary>The kind, in words.</summary>
    public string Title { get; } = title;

    /// <summary>What to do.</summary>
    public string Remedy { get; } = remedy;

    internal static BodyException TooLarge(int limit = RequestBody.Limit) => new(StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is too large",
        $"The body has more than {limit >> 10} KiB, which is the most that is taken.", "Send less; dumps are put into the dataset's location, not sent here.");
}

/// <summary>Reads JSON bodies: small, of one type, with every mistake told by its place.</summary>
public static partial class RequestBody
{
    /// <summary>The most bytes of a body.</summary>
    public const int Limit = 64 << 10;

    /// <summary>Reads a body.</summary>
    /// <exception cref="BodyException">It can't be taken.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> form, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType())
            throw new BodyException(StatusCodes.Status415UnsupportedMediaType, "not-json", "The body has to be JSON",
                request.ContentType is { Length: > 0 } type ? $"The body is said to be '{type}'." : "The request does not say what its body is.",
                "Send JSON, with the header Content-Type: application/json.");
        if (request.ContentLength > Limit) throw BodyException.TooLarge();
        var buffer = ArrayPool<byte>.Shared.Rent(Limit + 1);
        try
        {
            var length = await request.Body.ReadAtLeastAsync(buffer.AsMemory(0, Limit + 1), Limit + 1, throwOnEndOfStream: false, cancellationToken);
            if (length > Limit) throw BodyException.TooLarge();
            return Parse(buffer.AsSpan(0, length), form);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a body as it is.</summary>
    /// <exception cref="BodyException">It has more bytes than are taken.</exception>
    internal static async Task<byte[]> ReadBytesAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit) throw BodyException.TooLarge(limit);
        using var body = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                if (body.Length + read > limit) throw BodyException.TooLarge(limit);
                body.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return body.ToArray();
    }

    /// <summary>Reads a body that is there whole.</summary>
    /// <exception cref="BodyException">It can't be taken.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> form)
    {
        if (json.TrimStart(" \t\r\n"u8).IsEmpty) throw Invalid("The body is empty.", $"Send an object: {Example(form)}");
        try
        {
            return JsonSerializer.Deserialize(json, form) ?? throw Invalid("The body is null.", $"Send an object: {Example(form)}");
        }
        catch (JsonException e)
        {
            throw Told(e, form);
        }
    }

    /// <summary>The serializer's own sentences name types of this program; these name fields.</summary>
    private static BodyException Told(JsonException e, JsonTypeInfo form)
    {
        var place = $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
        if (Missing().Match(e.Message) is { Success: true } missing) return Invalid($"The field {missing.Groups[1].Value} is missing.", "Add it.", e);
        if (Unmapped().Match(e.Message) is { Success: true } unmapped)
            return Invalid($"There is no field '{unmapped.Groups[1].Value}'.{Settings.Similar.Hint(unmapped.Groups[1].Value, [.. form.Properties.Select(p => p.Name)])}", $"There are: {string.Join(", ", form.Properties.Select(p => p.Name))}.", e);
        var field = e.Path?.Split('.', '[').ElementAtOrDefault(1) ?? "";
        if (e.Message.StartsWith("Duplicate property", StringComparison.Ordinal)) return Invalid($"The field '{field}' is there twice.", "Leave one of the two out.", e);
        if (!e.Message.Contains("could not be converted", StringComparison.Ordinal) && !e.Message.Contains("doesn't allow null", StringComparison.Ordinal))
            return Invalid($"The body is no JSON at {place}: {e.Message.Split(" Path:", 2)[0].Split(" LineNumber", 2)[0].TrimEnd('.')}.", "Mend that place.", e);
        var path = e.Path?.TrimStart('$', '.') ?? "";
        return path.Length == 0 || Type(form, path) is not { } type
            ? Invalid($"The body is no object ({place}).", $"Send an object: {Example(form)}", e)
            : Invalid($"The field '{path}' has a wrong type, or a value that it can't have ({place}).", $"It takes {Words(type, form.Options)}.", e);
    }

    /// <summary>What a place in a body takes: <c>output.files</c>, <c>inputs[0].form</c>; null where there is no such place.</summary>
    private static Type? Type(JsonTypeInfo form, string path)
    {
        Type? type = form.Type;
        foreach (var part in path.Split('.', '['))
        {
            if (part.EndsWith(']')) type = type.GetGenericArguments().FirstOrDefault();
            else type = form.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type).Properties.FirstOrDefault(p => p.Name == part)?.PropertyType;
            if (type is null) return null;
        }

        return type;
    }

    private static string Words(Type type, JsonSerializerOptions options) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(string) => "a text",
        var t when t == typeof(int) || t == typeof(long) => "a whole number",
        { IsEnum: true } t => string.Join(", ", Enum.GetValuesAsUnderlyingType(t).Cast<object>().Select(value => JsonSerializer.Serialize(Enum.ToObject(t, value), options.GetTypeInfo(t)).Trim('"'))),
        { IsGenericType: true } t => $"an array of {(t.GetGenericArguments()[0] == typeof(string) ? "texts" : "objects")}",
        _ => "an object",
    };

    private static string Example(JsonTypeInfo form) => $"{{{string.Join(", ", form.Properties.Where(p => p.IsRequired).Select(p => $"\"{p.Name}\": …"))}}}.";

    private static BodyException Invalid(string detail, string remedy, Exception? inner = null) =>
        new(StatusCodes.Status400BadRequest, "invalid-body", "The body can't be understood", detail, remedy, inner);

    [GeneratedRegex("missing required properties including: (.+?)\\.?$")]
    private static partial Regex Missing();

    [GeneratedRegex("The JSON property '(.+?)' could not be mapped")]
    private static partial Regex Unmapped();
}
