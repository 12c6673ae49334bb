using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.Pipeline.Stores;

/// <summary>Buckets as settings have them: <c>Storage:Default:Endpoint</c>, <c>Storage:Buckets:&lt;bucket&gt;:Endpoint</c> and so on.</summary>
internal static class StorageSettings
{
    internal const string Name = "Storage";

    private const string Default = "Default", Buckets = "Buckets", Bucket = "Bucket";

    internal static readonly IReadOnlyList<Setting> All =
    [
        new("Storage:Default:Endpoint", S3Connection.Aws, "where buckets are that have nothing of their own; RGW_API_ENDPOINT with ACCESSKEY and SECRETKEY does the same"),
        new("Storage:Default:AccessKey", null, "the key's name; left out: what the AWS SDK finds in the environment"),
        new("Storage:Default:SecretKey", null, "the key"),
        new("Storage:Default:SessionToken", null, "the token of a temporary key"),
        new("Storage:Default:Anonymous", "false", "true: requests are not signed, for public buckets"),
        new("Storage:Default:Region", $"{S3Connection.AwsRegion} on AWS, else {S3Connection.CephRegion}", "the region that requests are signed for"),
        new("Storage:Default:PathStyle", "false on AWS, else true", "whether the bucket stands in the path instead of the host's name"),
        new("Storage:Default:CaFile", null, "certificates (PEM) that are trusted beside the system's"),
        new("Storage:Default:Stall", "60s", "how long a connection may stand still before it is given up, and the request tried again"),
        new("Storage:Buckets:<bucket>:…", null, "each of these for one bucket, which then takes nothing from the default"),
        new("Storage:Buckets:<bucket>:Bucket", "<bucket>", "the bucket's name, where that of a setting can't be it: environment variables of shells and app settings of Azure have no hyphens"),
    ];

    internal static StorageOptions Read(SettingsNode section, List<string> mistakes)
    {
        var storage = new SettingsReader(Name, section, mistakes);
        if (!storage.IsSection("{\"Storage\": {\"Default\": {\"Endpoint\": \"http://ceph:7480\"}}}")) return new StorageOptions();
        storage.Knows(Default, Buckets);
        storage.Done();
        var buckets = new SettingsReader($"{Name}:{Buckets}", section[Buckets], mistakes);
        var known = new Dictionary<string, S3Connection>(StringComparer.Ordinal);
        if (buckets.IsSection("{\"my-bucket\": {\"Endpoint\": \"http://ceph:7480\"}}"))
        {
            foreach (var one in section[Buckets].Children)
            {
                var reader = new SettingsReader($"{Name}:{Buckets}:{one.Name}", one, mistakes);
                var bucket = reader.Text(Bucket) ?? one.Name;
                if (!known.TryAdd(bucket, One(reader))) reader.Mistake(Bucket, $"is '{bucket}', and so is another's in {Name}:{Buckets}; leave one of the two out.");
            }
        }

        return new StorageOptions
        {
            Default = section[Default] is { Children.Count: > 0 } or { Text: not null } ? One(new SettingsReader($"{Name}:{Default}", section[Default], mistakes)) with { Setting = $"{Name}:{Default}" } : null,
            Buckets = known,
        };
    }

    private static S3Connection One(SettingsReader reader)
    {
        if (!reader.IsSection("{\"Endpoint\": \"http://ceph:7480\", \"AccessKey\": \"…\", \"SecretKey\": \"…\"}")) return new S3Connection();
        var connection = new S3Connection
        {
            Endpoint = reader.Parsed(nameof(S3Connection.Endpoint), Endpoint),
            Region = reader.Text(nameof(S3Connection.Region)),
            PathStyle = reader.Text(nameof(S3Connection.PathStyle)) is null ? null : reader.Flag(nameof(S3Connection.PathStyle)),
            CaFile = reader.Parsed(nameof(S3Connection.CaFile), File),
            Anonymous = reader.Flag(nameof(S3Connection.Anonymous)),
            AccessKey = reader.Text(nameof(S3Connection.AccessKey)),
            SecretKey = reader.Text(nameof(S3Connection.SecretKey)),
            SessionToken = reader.Text(nameof(S3Connection.SessionToken)),
            Stall = reader.Length(nameof(S3Connection.Stall), new S3Connection().Stall, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
        };
        if ((connection.AccessKey is null) != (connection.SecretKey is null))
            reader.Mistake(connection.AccessKey is null ? nameof(S3Connection.AccessKey) : nameof(S3Connection.SecretKey), "is not set, and the other of the two is; set both, or neither.");
        if (connection is { Anonymous: true, AccessKey: not null })
            reader.Mistake(nameof(S3Connection.Anonymous), "is true, and there is an AccessKey; leave one of the two out.");
        reader.Done();
        return connection;
    }

    private static string Endpoint(string text)
    {
        if (!Uri.TryCreate(text.Replace("{region}", "region"), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new FormatException($"'{text}' is no endpoint; write http://ceph:7480 or https://s3.example.com.");
        if (uri.UserInfo.Length > 0) throw new FormatException("An endpoint holds no credentials; set them as AccessKey and SecretKey.");
        return uri.PathAndQuery == "/" ? text.TrimEnd('/') : throw new FormatException($"'{text}' has a path; an endpoint is a host and a port, and the bucket stands in s3://bucket/…");
    }

    private static string File(string text) => System.IO.File.Exists(text) ? Path.GetFullPath(text) : throw new FormatException($"There is no file '{text}' (now in {Directory.GetCurrentDirectory()}).");
}
