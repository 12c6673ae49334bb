using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.Pipeline.Events;

/// <summary>Events as settings have them.</summary>
internal static class EventSettings
{
    internal const string Name = "Events";

    internal static readonly IReadOnlyList<Setting> All =
    [
        new("Events:Topic", null, "the Event Grid topic that is told what has ended: its endpoint (https://…/api/events); none is told where it is not set"),
        new("Events:TopicKey", null, "the topic's access key; not needed by a process that has an identity of Azure's with the role EventGrid Data Sender"),
        new("Events:Source", "kubemetrics", "who tells, as events name it: of several installations on one topic each needs its own"),
        new("Events:Key", "Api:Key", $"what deliveries to {EventApi.Path} have to show, at least {HostSettings.ShortestKey} characters: as ?code= of the subscription's endpoint"),
        new("Events:Issuer", null, "whose tokens are taken instead: https://login.microsoftonline.com/<tenant>/v2.0, or https://sts.windows.net/<tenant>/"),
        new("Events:Audience", null, "for whom such a token has to be: the application's id, or its URI (api://…)"),
        new("Events:Callers", EventOptions.EventGrid, "the applications whose tokens are taken, by their ids; what is there by itself is Event Grid"),
        new("Events:From", null, "the topics that may be subscribed to with this host as the receiver, by their resource ids; left out for all"),
        new("Events:Origins", "eventgrid.azure.net", "the senders of CloudEvents that may deliver, as they call themselves; * for all"),
    ];

    internal static EventOptions Read(SettingsReader reader, ApiOptions api)
    {
        var standard = new EventOptions();
        var (callers, origins) = (reader.Texts("Callers"), reader.Texts("Origins"));
        var events = new EventOptions
        {
            Topic = reader.Parsed("Topic", Topic),
            TopicKey = reader.Text("TopicKey"),
            Source = reader.Parsed("Source", Source) ?? standard.Source,
            Key = HostSettings.Key(reader) ?? api.Key,
            Issuer = reader.Parsed("Issuer", text => Web(text, "https://login.microsoftonline.com/<tenant>/v2.0")),
            Audience = reader.Text("Audience"),
            Callers = callers.Count > 0 ? callers : standard.Callers,
            From = reader.Texts("From"),
            Origins = origins.Count > 0 ? origins : standard.Origins,
        };
        if (events is { TopicKey: not null, Topic: null }) reader.Mistake("TopicKey", "is set, and Events:Topic is not; set both, or neither.");
        if (events is { TopicKey: null, Topic.Scheme: "http" }) reader.Mistake("TopicKey", "is not set, and Events:Topic is not https; a token is not sent in the clear. Set the key.");
        if (events is { Issuer: not null, Audience: null }) reader.Mistake("Audience", "is not set, and Events:Issuer is; tokens for anybody would be taken. Set it to the application's id or URI (api://…).");
        if (events is { Issuer: null, Audience: not null }) reader.Mistake("Issuer", "is not set, and Events:Audience is; set both, or neither.");
        reader.Done();
        return events;
    }

    private static Uri Topic(string text)
    {
        const string Example = "https://<topic>.<region>-1.eventgrid.azure.net/api/events";
        var topic = Web(text, Example);
        return topic.AbsolutePath == "/api/events" ? topic : throw new FormatException($"'{text}' is no topic's endpoint, whose path is /api/events; write it as {Example}.");
    }

    // A key or a token goes there: in the clear only on this machine.
    private static Uri Web(string text, string example) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && HostSettings.IsLoopback(uri.Host)))
            ? uri
            : throw new FormatException($"'{text}' is no https address, or has a user or a query; write it as {example}.");

    private static string Source(string text) =>
        Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out _) && !text.Any(char.IsWhiteSpace)
            ? text
            : throw new FormatException($"'{text}' is no URI or part of one; write a name without spaces, such as kubemetrics or https://host/.");
}
