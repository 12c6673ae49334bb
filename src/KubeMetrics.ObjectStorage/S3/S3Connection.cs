using System.Text;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>
/// How a bucket is reached: where it is, and as whom. All of it belongs to one bucket (or to those that have nothing of
/// their own): what is set for one is never sent to another.
/// </summary>
public sealed record S3Connection
{
    /// <summary>AWS, of whichever region.</summary>
    public const string Aws = "https://s3.{region}.amazonaws.com";

    /// <summary>The region of public AWS buckets for which none is set; where it is another, the bucket says so and is followed.</summary>
    public const string AwsRegion = "us-east-1";

    /// <summary>The region that Ceph calls its own, whatever it is called elsewhere.</summary>
    public const string CephRegion = "default";

    private const string RegionPlace = "{region}";

    /// <summary>The section of settings that this stands in, which sentences name; null: the bucket's own.</summary>
    public string? Setting { get; init; }

    /// <summary>The endpoint's URI, without a path; <c>{region}</c> in it stands for the region. Null: AWS.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The region that requests are signed for. Null: <see cref="AwsRegion"/> on AWS, elsewhere <see cref="CephRegion"/>.</summary>
    public string? Region { get; init; }

    /// <summary>Whether the bucket stands in the path rather than in the host's name. Null: in the path, but on AWS.</summary>
    public bool? PathStyle { get; init; }

    /// <summary>A file of certificates (PEM) that are trusted beside the system's; null for none.</summary>
    public string? CaFile { get; init; }

    /// <summary>Requests are not signed: for buckets that anybody may read.</summary>
    public bool Anonymous { get; init; }

    /// <summary>The key's name; null: what the environment of the AWS SDK offers (profile, role, …).</summary>
    public string? AccessKey { get; init; }

    /// <summary>The key.</summary>
    public string? SecretKey { get; init; }

    /// <summary>The token of a temporary key; null for a lasting one.</summary>
    public string? SessionToken { get; init; }

    /// <summary>How many connections at most.</summary>
    public int Connections { get; init; } = 64;

    /// <summary>How long a connection may stand still, while it is read or sent to, before it is given up and the request tried again.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether it is AWS that is spoken to: the region is part of the endpoint, so that a bucket that turns out to be in another can be followed there.</summary>
    public bool IsAws => (Endpoint ?? Aws).Contains(RegionPlace, StringComparison.Ordinal);

    /// <summary>Where requests go, with the region in its place.</summary>
    public Uri EndpointUri => new((Endpoint ?? Aws).Replace(RegionPlace, SigningRegion, StringComparison.Ordinal));

    /// <summary>Whether the bucket stands in the path.</summary>
    public bool UsesPathStyle => PathStyle ?? Endpoint is not null;

    /// <summary>The region that requests are signed for.</summary>
    public string SigningRegion => Region ?? (IsAws ? AwsRegion : CephRegion);

    /// <summary>Whether another connection is the same store's, as the same user.</summary>
    public bool HasKeysOf(S3Connection other) =>
        !other.Anonymous && EndpointUri == other.EndpointUri && AccessKey == other.AccessKey && SecretKey == other.SecretKey && SessionToken == other.SessionToken;

    // Secrets stand in no log and no message, whoever prints this.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append($"Endpoint = {Endpoint ?? Aws}, Region = {SigningRegion}, PathStyle = {UsesPathStyle}, CaFile = {CaFile}, ");
        text.Append(Anonymous ? "Anonymous" : AccessKey is null ? "AccessKey = the environment's" : "AccessKey = (set)");
        return true;
    }
}
