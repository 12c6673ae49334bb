using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.Benchmarks;

/// <summary>A real Ceph for one benchmark, in memory; wiped with it.</summary>
internal sealed class BenchCeph : IDisposable
{
    internal const string Access = "devaccess", Secret = "devsecret";

    private readonly S3Clients _clients = new();
    private readonly string _script = Path.Combine(Repository(), "infra", "ceph", "ceph-dev.sh");

    /// <param name="scratch">A folder that it may use.</param>
    /// <param name="size">How much it may hold, bytes.</param>
    internal BenchCeph(string scratch, long size)
    {
        var (port, monitor) = (FreePort(), FreePort());
        foreach (var (name, value) in ((string, string?)[])[("CEPH_DEV_DIR", Path.Combine(scratch, "ceph")), ("CEPH_DEV_PORT", $"{port}"), ("CEPH_DEV_MON_PORT", $"{monitor}"), ("CEPH_DEV_STORE", "memstore"),
            // What is deleted makes room at once, for the next round.
            ("CEPH_DEV_SIZE", $"{size}"), ("CEPH_DEV_RGW_CONF", "rgw gc obj min wait = 1\nrgw gc processor period = 2"), ("AWS_CA_BUNDLE", null)])
            Environment.SetEnvironmentVariable(name, value);
        Endpoint = $"http://127.0.0.1:{port}";
        Console.Error.WriteLine("Starting a Ceph …");
        using var up = Process.Start("bash", [_script, "up"])!;
        up.WaitForExit();
    }

    internal string Endpoint { get; }

    /// <summary>How it is reached, as settings have it.</summary>
    internal string Storage => $$"""{"Default":{"Endpoint":"{{Endpoint}}","AccessKey":"{{Access}}","SecretKey":"{{Secret}}"} }""";

    internal S3Store Bucket(string name) => new(name, new S3Connection { Endpoint = Endpoint, AccessKey = Access, SecretKey = Secret }, _clients);

    /// <summary>Makes room of what was deleted.</summary>
    internal void Collect() => Processes.Run("bash", _script, "admin", "gc", "process", "--include-all");

    public void Dispose()
    {
        _clients.Dispose();
        Processes.Run("bash", _script, "wipe");
    }

    private static string Repository()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "KubeMetrics.slnf"))) root = Path.GetDirectoryName(root) ?? throw new BenchmarkException("The repository was not found above this program.");
        return root;
    }

    private static int FreePort()
    {
        // Below those that the system gives to connections that go out.
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(15_000, 32_000));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // taken; another
            }
        }
    }
}
