using System.Diagnostics;

namespace KubeMetrics.Testing;

/// <summary>
/// A real Spark (a standalone master and a worker) of this test process's own, started when a test first asks for it and
/// wiped when the process ends, however it ends. A test that asks where there is no <c>SPARK_HOME</c> or no Java is skipped with the reason.
/// </summary>
internal sealed class RealSpark
{
    /// <summary>Options for a Java that lives for seconds: a trivial query takes 9 s with them, and 14 s without.</summary>
    public const string QuickStart = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private const int Starts = 3;
    private static readonly Lazy<Task<RealSpark>> Started = new(() => StartAsync(0, cores: 8, recovery: true, environment: null));
    private static int _others;
    private readonly string _script = Path.Combine(AppContext.BaseDirectory, "spark-dev.sh");
    private readonly int _port, _restPort, _uiPort, _workerUiPort, _cores;
    private readonly bool _recovery;
    private readonly IReadOnlyDictionary<string, string> _environment;

    private RealSpark(int number, int cores, bool recovery, IReadOnlyDictionary<string, string>? environment)
    {
        Folder = Path.Combine(Path.GetTempPath(), $"spark-{Environment.ProcessId}{(number > 0 ? $"-{number}" : "")}");
        (_port, _restPort, _uiPort, _workerUiPort) = (DevScript.FreePort(), DevScript.FreePort(), DevScript.FreePort(), DevScript.FreePort());
        (_cores, _recovery, _environment) = (cores, recovery, environment ?? new Dictionary<string, string>());
    }

    /// <summary>Everything of it is under here: <c>work/DRIVER/stderr</c>, <c>master.log</c>, <c>worker.log</c>.</summary>
    public string Folder { get; }

    /// <summary>The master: <c>spark://127.0.0.1:…</c>.</summary>
    public string Master => $"spark://127.0.0.1:{_port}";

    /// <summary>Where submissions go.</summary>
    public Uri Rest => new($"http://127.0.0.1:{_restPort}");

    /// <summary>The master's pages.</summary>
    public Uri Ui => new($"http://127.0.0.1:{_uiPort}");

    /// <summary>The worker's pages.</summary>
    public Uri WorkerUi => new($"http://127.0.0.1:{_workerUiPort}");

    /// <summary>What tells the script which Spark is meant.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>(_environment)
    {
        ["JAVA_TOOL_OPTIONS"] = QuickStart,
        ["SPARK_DEV_DIR"] = Folder,
        ["SPARK_DEV_PORT"] = _port.ToString(),
        ["SPARK_DEV_REST_PORT"] = _restPort.ToString(),
        ["SPARK_DEV_UI_PORT"] = _uiPort.ToString(),
        ["SPARK_DEV_WORKER_UI_PORT"] = _workerUiPort.ToString(),
        ["SPARK_DEV_CORES"] = _cores.ToString(),
        ["SPARK_DEV_MEMORY"] = "16g",
        ["SPARK_DEV_RECOVERY"] = _recovery ? "FILESYSTEM" : "NONE",
    };

    /// <summary>The <c>SPARK_HOME</c> that tests use; a test that asks where there is none is skipped: tests download nothing.</summary>
    public static string Home
    {
        get
        {
            var home = Environment.GetEnvironmentVariable("SPARK_HOME");
            if (string.IsNullOrEmpty(home)) Assert.Skip("SPARK_HOME is not set; set it to a Spark 3.5 (infra/spark/spark-dev.sh up downloads one)");
            return home;
        }
    }

    /// <summary>The running one.</summary>
    public static Task<RealSpark> RunningAsync() => Started.Value;

    /// <summary>Another, for one test alone, that may kill what it likes.</summary>
    /// <param name="cores">Cores that its worker gives away.</param>
    /// <param name="recovery">Whether a restarted master knows its drivers.</param>
    /// <param name="environment">Variables for the worker, and so for drivers and executors.</param>
    public static Task<RealSpark> OwnAsync(int cores = 4, bool recovery = true, IReadOnlyDictionary<string, string>? environment = null) =>
        StartAsync(Interlocked.Increment(ref _others), cores, recovery, environment);

    /// <summary>One that somebody else will start, told by its <see cref="Variables"/>; to be wiped.</summary>
    public static RealSpark NotStarted()
    {
        _ = Home;
        return new RealSpark(Interlocked.Increment(ref _others), cores: 4, recovery: true, environment: null);
    }

    /// <summary>Starts what of it does not run.</summary>
    public Task<(int ExitCode, string Output)> UpAsync() => ScriptAsync("up");

    /// <summary>Ends its master as a power failure would.</summary>
    public Task<(int ExitCode, string Output)> KillMasterAsync() => ScriptAsync("kill9", "master");

    /// <summary>Ends its worker as a power failure would.</summary>
    public Task<(int ExitCode, string Output)> KillWorkerAsync() => ScriptAsync("kill9", "worker");

    /// <summary>Ends a driver's process as a power failure would.</summary>
    public void KillDriver(string driver)
    {
        var folder = Path.Combine(Folder, "work", driver);
        foreach (var process in Process.GetProcesses())
            using (process)
                if (new DirectoryInfo($"/proc/{process.Id}/cwd").LinkTarget == folder) process.Kill();
    }

    /// <summary>Ends it and deletes its files.</summary>
    public Task<(int ExitCode, string Output)> WipeAsync() => ScriptAsync("wipe");

    /// <summary>Runs the script that starts and stops it.</summary>
    public Task<(int ExitCode, string Output)> ScriptAsync(params string[] arguments) => DevScript.RunAsync(_script, Variables, arguments);

    private static async Task<RealSpark> StartAsync(int number, int cores, bool recovery, IReadOnlyDictionary<string, string>? environment)
    {
        _ = Home;
        // Somebody else may take a port between its being found free and Spark's taking it.
        for (var attempt = 1; ; attempt++)
        {
            var spark = new RealSpark(number, cores, recovery, environment);
            var (exitCode, output) = await spark.ScriptAsync("up", "--while", Environment.ProcessId.ToString());
            if (exitCode == 0) return spark;
            if (exitCode == 4) Assert.Skip($"Spark can't run here; install what it needs with: infra/dev/install.sh test ({output.Trim()})");
            await spark.WipeAsync();
            if (attempt == Starts) throw new InvalidOperationException($"Spark did not start: {output}");
        }
    }
}
