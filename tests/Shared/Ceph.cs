using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.Testing;

/// <summary>
/// A real Ceph of this test process's own, started when a test first asks for it and wiped when the process ends, however
/// it ends. A test that asks where Ceph is not installed is skipped with the reason.
/// </summary>
internal sealed class Ceph
{
    private const int Starts = 3;
    private static readonly Lazy<Task<Ceph>> Started = new(StartAsync);
    private static int _others;
    private readonly string _script, _folder, _store;
    private readonly string? _certificate;
    private readonly int _port, _monitorPort;

    private Ceph(string store, int number, string? certificate)
    {
        if (certificate is not null) (_certificate, SecureEndpoint) = (certificate, $"https://localhost:{DevScript.FreePort()}");
        _store = store;
        _script = Path.Combine(AppContext.BaseDirectory, "ceph-dev.sh");
        _folder = Path.Combine(Path.GetTempPath(), $"ceph-{Environment.ProcessId}{(number > 0 ? $"-{number}" : "")}"); // short: a socket's path has at most 108 bytes
        (_port, _monitorPort) = (DevScript.FreePort(), DevScript.FreePort());
        Endpoint = $"http://127.0.0.1:{_port}";
    }

    /// <summary>Where it answers.</summary>
    public string Endpoint { get; }

    /// <summary>Where it answers over https; null where it does not.</summary>
    public string? SecureEndpoint { get; }

    public string AccessKey => "devaccess";

    public string SecretKey => "devsecret";

    /// <summary>How any of its buckets is reached.</summary>
    public S3Connection Connection => new() { Endpoint = Endpoint, AccessKey = AccessKey, SecretKey = SecretKey };

    /// <summary>What tells the script which Ceph is meant.</summary>
    public IReadOnlyDictionary<string, string> Variables
    {
        get
        {
            var variables = new Dictionary<string, string>
            {
                ["CEPH_DEV_DIR"] = _folder,
                ["CEPH_DEV_STORE"] = _store,
                ["CEPH_DEV_PORT"] = _port.ToString(),
                ["CEPH_DEV_MON_PORT"] = _monitorPort.ToString(),
            };
            if (SecureEndpoint is not null) variables["CEPH_DEV_FRONTEND"] = $"ssl_endpoint=127.0.0.1:{new Uri(SecureEndpoint).Port} ssl_certificate={_certificate}";
            return variables;
        }
    }

    /// <summary>The running one.</summary>
    public static Task<Ceph> RunningAsync() => Started.Value;

    /// <summary>Another, for one test alone.</summary>
    /// <param name="store">What it keeps data in: the usual one has it still after it was killed.</param>
    /// <param name="certificate">A file with a certificate and its key, to be reached over https too.</param>
    public static Task<Ceph> OwnAsync(string store = "bluestore", string? certificate = null) => StartAsync(store, Interlocked.Increment(ref _others), certificate);

    /// <summary>Ends it as a power failure would.</summary>
    public Task<(int ExitCode, string Output)> KillAsync() => ScriptAsync("kill9");

    /// <summary>Starts it, with what it kept.</summary>
    public Task<(int ExitCode, string Output)> UpAsync() => ScriptAsync("up", "--while", Environment.ProcessId.ToString());

    /// <summary>Ends it and deletes what it kept.</summary>
    public Task<(int ExitCode, string Output)> WipeAsync() => ScriptAsync("wipe");

    /// <summary>A name that no bucket has.</summary>
    public static string NewBucketName() => $"test-{Guid.NewGuid():N}";

    /// <summary>Runs the script that starts and stops it.</summary>
    public Task<(int ExitCode, string Output)> ScriptAsync(params string[] arguments) => DevScript.RunAsync(_script, Variables, arguments);

    private static Task<Ceph> StartAsync() => StartAsync("memstore", 0, null);

    private static async Task<Ceph> StartAsync(string store, int number, string? certificate)
    {
        // Somebody else may take a port between its being found free and Ceph's taking it.
        for (var attempt = 1; ; attempt++)
        {
            var ceph = new Ceph(store, number, certificate);
            var (exitCode, output) = await ceph.UpAsync();
            if (exitCode == 0) return ceph;
            if (exitCode == 4) Assert.Skip($"Ceph is not installed; install it with: infra/dev/install.sh test ({output.Trim()})");
            await ceph.WipeAsync();
            if (attempt == Starts) throw new InvalidOperationException($"Ceph did not start: {output}");
        }
    }
}
