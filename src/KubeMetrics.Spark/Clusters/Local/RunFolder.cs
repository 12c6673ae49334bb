using System.Diagnostics;
using System.Text;

namespace KubeMetrics.Spark.Clusters.Local;

/// <summary>
/// What is kept of one run, so that whoever comes after a crash finds it: <c>stdout</c>, <c>stderr</c>, <c>pids</c> while it runs and
/// after, <c>exit</c> (its exit code) when it has ended, <c>killed</c> when somebody wanted it to.
/// </summary>
internal sealed class RunFolder(string path)
{
    // A watching shell outlives us, and writes down how its child ended. What is started is its arguments, and no shell's words.
    // Its child is a process group of its own (set -m): a Ctrl+C meant for us does not reach it, and it can be ended whole.
    private const string Watch = """
        cd "$1" && shift || exit 1
        exec </dev/null >/dev/null 2>&1
        (set -C; : > claimed) 2>/dev/null || exit 0
        set -m
        "$@" >stdout 2>stderr &
        echo "$$ $!" > pids.new && mv pids.new pids
        trap '' HUP INT TERM
        wait $!
        echo $? > exit.new && mv exit.new exit
        """;

    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromSeconds(5);

    internal bool WasStarted => File.Exists(At("pids"));

    internal bool WasKilled => File.Exists(At("killed"));

    /// <summary>Its exit code; null where it has not ended, or where nobody saw it end.</summary>
    internal int? ExitCode => File.Exists(At("exit")) && int.TryParse(File.ReadAllText(At("exit")), out var code) ? code : null;

    /// <summary>Starts it, unless it was started before: however often and by whomever it is asked for, it runs once.</summary>
    /// <exception cref="IOException">The folder can't be written.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no bash.</exception>
    internal void Start(IEnumerable<string> command, IReadOnlyDictionary<string, string> environment)
    {
        Directory.CreateDirectory(path);
        var start = new ProcessStartInfo("bash", ["-c", Watch, "watch", path, .. command]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var _ = Process.Start(start);
    }

    /// <summary>Whether its process, or the one that watches it, still is.</summary>
    internal bool IsAlive => Pids is var (watch, run) && (Is(watch) || Is(run));

    internal void MarkKilled() => File.WriteAllText(At("killed"), "");

    /// <summary>Sends its process, and what that has started, a signal.</summary>
    internal async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        if (Pids is not var (_, run) || !Is(run)) return;
        using var kill = Process.Start(new ProcessStartInfo("bash", ["-c", "kill -s \"$1\" -- \"-$2\"", "kill", signal, run.ToString()]) { RedirectStandardError = true })!;
        await kill.WaitForExitAsync(cancellationToken);
    }

    /// <summary>The start of a file; empty where there is none.</summary>
    internal string Head(string file, int bytes) => Read(file, bytes, fromEnd: false);

    /// <summary>The end of a file, in whole lines; empty where there is none.</summary>
    internal string Tail(string file, int bytes) => Read(file, bytes, fromEnd: true);

    private string At(string file) => Path.Combine(path, file);

    private (int Watch, int Run)? Pids =>
        WasStarted && File.ReadAllText(At("pids")).Split() is [var watch, var run, ..] && int.TryParse(watch, out var first) && int.TryParse(run, out var second) ? (first, second) : null;

    /// <summary>Whether a process is the one of that time: its id may be another's by now, that started later.</summary>
    private bool Is(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited && process.StartTime.ToUniversalTime() <= File.GetLastWriteTimeUtc(At("pids")) + ClocksDiffer;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private string Read(string file, int bytes, bool fromEnd)
    {
        if (!File.Exists(At(file))) return "";
        using var stream = new FileStream(At(file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var start = fromEnd ? Math.Max(0, stream.Length - bytes) : 0;
        stream.Position = start;
        var buffer = new byte[Math.Min(bytes, stream.Length - start)];
        var text = Encoding.UTF8.GetString(buffer, 0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        return start > 0 ? text[(text.IndexOf('\n') + 1)..] : text;
    }
}
