using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.Cli.Commands;

/// <summary>A Ceph of one's own on this machine.</summary>
internal static class CephDev
{
    private static readonly DevScript Script = new("Ceph", "--ceph", "infra/ceph", "ceph-dev.sh", "CEPH_DEV")
    {
        Install = () => $"Ceph is not installed. Install Debian's packages (70 MB, as root) with: {Script!.Line("install")} — then run the demo again.",
    };

    /// <summary>The command that ends it and deletes what it holds.</summary>
    public static string Undo => Script.Undo;

    /// <summary>Starts it where it does not run yet.</summary>
    /// <returns>How its buckets are reached.</returns>
    /// <exception cref="Failure">It is not installed, or did not start.</exception>
    public static async Task<S3Connection> UpAsync(CancellationToken cancellationToken)
    {
        var reached = await Script.UpAsync(null, cancellationToken);
        return new S3Connection { Endpoint = reached["RGW_API_ENDPOINT"], AccessKey = reached["ACCESSKEY"], SecretKey = reached["SECRETKEY"] };
    }
}
