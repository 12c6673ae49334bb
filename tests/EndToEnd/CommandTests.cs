using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace KubeMetrics.EndToEnd.Tests;

/// <summary>The real command in a process of its own: what it prints, what it leaves, how it ends.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Series = """{"metric":{"__name__":"op_seconds","op":"a"},"values":[[1517443200,"1"],[1517443260,"2"],[1517443320,"3"]]}""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Task<CommandRun> Run(params string[] arguments) => CommandRun.OfAsync(_folder.Path, arguments);

    [Fact]
    public async Task Analyze_json_gives_the_numbers_and_nothing_else_on_standard_output()
    {
        var run = await Run("analyze", _folder.Write("dump.json", Series), "--group-by", "op", "--json");
        Assert.Equal(0, run.ExitCode);
        var values = JsonDocument.Parse(run.Output).RootElement.GetProperty("groups")[0].GetProperty("values");
        // By hand: the population variance of 1, 2, 3 is 2/3.
        Assert.Equal(2, values.GetProperty("mean").GetDouble(), 1e-12);
        Assert.Equal(2.0 / 3, values.GetProperty("variance").GetDouble(), 1e-12);
    }

    [Fact]
    public async Task Analyze_without_a_report_gives_the_numbers_alone_and_writes_nothing()
    {
        var dump = _folder.Write("dump.json", Series);
        var json = await Run("analyze", dump, "--group-by", "op", "--no-report", "--json");
        var group = JsonDocument.Parse(json.Output).RootElement.GetProperty("groups")[0];
        Assert.Equal(2.0 / 3, group.GetProperty("values").GetProperty("variance").GetDouble(), 1e-12);
        Assert.Equal(3, group.GetProperty("counts").GetProperty("kept").GetInt64());
        var table = await Run("analyze", dump, "--group-by", "op", "--no-report");
        Assert.DoesNotContain("trend", table.Output);
        Assert.Equal([Path.Combine(_folder.Path, "dump.json")], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Piped_output_holds_no_escape_sequence()
    {
        var run = await Run("analyze", _folder.Write("dump.json", Series), "--group-by", "op");
        Assert.DoesNotContain('\e', run.Output + run.Error);
    }

    [Fact]
    public async Task The_same_analysis_again_finds_its_report_and_force_does_it_anew()
    {
        string[] arguments = ["analyze", _folder.Write("dump.json", Series), "--group-by", "op"];
        var first = await Run(arguments);
        var second = await Run(arguments);
        var forced = await Run([.. arguments, "--force"]);
        Assert.Contains("--force", second.Error);
        Assert.Equal(first.Output, second.Output);
        Assert.DoesNotContain("--force", forced.Error);
        Assert.Equal(first.Output, forced.Output);
    }

    [Fact]
    public async Task A_broken_file_is_named_the_others_are_analysed_and_the_run_says_partial()
    {
        _folder.Write("in/good.json", Series);
        _folder.Write("in/cut.json", Series[..^20]);
        var run = await Run("analyze", "in", "--group-by", "op", "--json");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("cut.json", run.Error);
        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.True(report.GetProperty("partial").GetBoolean());
        Assert.Equal(3, report.GetProperty("groups")[0].GetProperty("values").GetProperty("count").GetInt64());
    }

    public static TheoryData<string, string[], int, string> Mistakes => new()
    {
        { "a path that is not there", ["analyze", "nowhere"], 1, "nowhere" },
        { "a matcher that no series meets", ["analyze", "dump.json", "--where", "op=none"], 1, "kubemetrics labels" },
        { "a label that no series has", ["analyze", "dump.json", "--group-by", "nonesuch"], 1, "nonesuch" },
        { "an expression that is none", ["analyze", "dump.json", "--where", "op=~("], 2, "regular expression" },
        { "a matcher that is none", ["analyze", "dump.json", "--where", "op"], 2, "label matcher" },
        { "a unit that is none", ["analyze", "dump.json", "--unit", "furlong"], 2, "furlong" },
        { "a time that is none", ["analyze", "dump.json", "--from", "soon"], 2, "soon" },
        { "an end before the beginning", ["analyze", "dump.json", "--from", "2018-02-02", "--to", "2018-02-01"], 2, "--from" },
        { "a kind of export that is none", ["analyze", "dump.json", "--export", "x.xlsx"], 2, ".parquet" },
        { "matchers that leave nothing", ["analyze", "dump.json", "--where", "op=zzz"], 1, "op=zzz" },
        { "an option that is none", ["analyze", "dump.json", "--frobnicate"], 2, "--frobnicate" },
        { "a command that is none", ["frobnicate"], 2, "frobnicate" },
        { "an empty file", ["analyze", "empty.json", "--group-by", "op"], 1, "empty.json" },
        { "a file that is not JSON", ["analyze", "text.json", "--group-by", "op"], 1, "text.json" },
        { "an empty path", ["analyze", ""], 2, "path" },
        { "an empty folder for reports", ["analyze", "dump.json", "--out", ""], 2, "--out" },
        { "a file for reports", ["analyze", "dump.json", "--out", "text.json"], 2, "text.json" },
        { "a folder without a dump", ["analyze", "folder"], 1, "folder" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_named_in_a_sentence_and_leaves_nothing_behind(string mistake, string[] arguments, int exitCode, string named)
    {
        _folder.Write("dump.json", Series);
        _folder.Write("empty.json", "");
        _folder.Write("text.json", "It was a dark and stormy night.");
        _folder.Write("folder/readme.txt", "no dump");
        var run = await Run(arguments);
        Assert.True(run.ExitCode == exitCode, $"{mistake}: exit {run.ExitCode}\n{run.Error}");
        Assert.Contains(named, run.Error);
        Assert.DoesNotContain("   at ", run.Error);
        Assert.Empty(run.Output);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "kubemetrics-report")), "a folder for a report that was not made");
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("analyze")]
    [InlineData("schema")]
    [InlineData("labels")]
    [InlineData("show")]
    public async Task Each_command_explains_itself(string command)
    {
        var run = await Run(command, "--help");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Usage:", run.Output);
    }

    [Theory]
    [InlineData("There is no command 'analyse'. Is 'analyze' meant?", "kubemetrics --help", "analyse")]
    [InlineData("There is no command 'analyse'. Is 'analyze' meant?", "kubemetrics --help", "analyse", "--help")]
    [InlineData("There is no command 'refresh'.", "kubemetrics --help", "refresh", "--help")]
    [InlineData("There is no command 'store list'.", "kubemetrics store --help", "store", "list", "--help")]
    [InlineData("There is no command 'notifications sett'. Is 'set' meant?", "kubemetrics notifications --help", "notifications", "sett", "papi")]
    public async Task An_unknown_command_is_named_with_the_nearest_whether_or_not_help_is_asked_for(string named, string help, params string[] arguments)
    {
        var run = await Run(arguments);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal($"kubemetrics: {named}\nHow it is called: {help}\n", run.Error);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Labels_schema_and_show_tell_what_is_in_a_file()
    {
        var dump = _folder.Write("dump.json", Series);
        var labels = await Run("labels", dump);
        Assert.Contains("op_seconds", labels.Output);
        Assert.Matches(@"op\s+1\s+1\s+a \(1\)", labels.Output);
        var schema = await Run("schema", dump);
        Assert.StartsWith("root\n |-- metric: struct (nullable = false)\n |    |-- __name__: string", schema.Output);
        var show = await Run("show", dump, "-n", "2");
        Assert.Equal(3, show.Output.TrimEnd().Split('\n').Length);
        Assert.Contains("2018-02-01T00:01:00.000Z      2  op_seconds{op=\"a\"}", show.Output);
        var text = await Run("show", _folder.Write("table.tsv", "a\tb\n1\t2\n"));
        Assert.Equal("a\tb\n1\t2\n", text.Output);
    }

    [Theory]
    [InlineData("analyze")]
    [InlineData("labels")]
    [InlineData("schema")]
    [InlineData("show")]
    public async Task A_damaged_file_is_named_and_the_one_beside_it_is_read(string command)
    {
        // A bzip2 header with a block that is none.
        _folder.Write("in/a.json.bz2", [.. "BZh91AY&SY"u8, 1, 2, 3, 4, 5, 6, 7, 8]);
        _folder.Write("in/b.json", Series);
        string[] options = command == "analyze" ? ["--group-by", "op"] : [];
        var run = await Run([command, "in", .. options]);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("a.json.bz2", run.Error);
        Assert.Contains("op", run.Output);
        Assert.DoesNotContain("   at ", run.Error);
    }

    [Fact]
    public async Task A_path_that_is_not_there_is_named_and_the_others_are_analysed()
    {
        var run = await Run("analyze", "nowhere", _folder.Write("dump.json", Series), "--group-by", "op", "--json");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("nowhere", run.Error);
        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.Contains("nowhere", report.GetProperty("partialReasons")[0].GetString());
        Assert.Equal(3, report.GetProperty("groups")[0].GetProperty("values").GetProperty("count").GetInt64());
    }

    [Theory]
    [InlineData("labels")]
    [InlineData("schema")]
    [InlineData("show")]
    public async Task A_command_with_nothing_to_read_fails_with_a_sentence(string command)
    {
        var run = await Run(command, "nowhere");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nowhere", run.Error);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Reports_of_earlier_runs_are_not_taken_for_dumps()
    {
        _folder.Write("dump.json", Series);
        await Run("analyze", ".", "--group-by", "op");
        var again = await Run("analyze", ".", "--group-by", "op", "--force");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("from 1 file", again.Output);
    }

    [Fact]
    public async Task A_pipe_lying_in_a_folder_is_not_waited_for()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Makes a named pipe, which only Unix has.");
        _folder.Write("in/b.json", Series);
        using (var made = Process.Start("mkfifo", Path.Combine(_folder.Path, "in", "a.json"))) await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        var run = await Run("analyze", "in", "--group-by", "op");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("a.json", run.Error);
    }

    [Fact]
    public async Task The_pointer_to_the_latest_report_is_mended_by_the_next_run()
    {
        string[] arguments = ["analyze", _folder.Write("dump.json", Series), "--group-by", "op", "--out", "out"];
        await Run(arguments);
        var pointer = Path.Combine(_folder.Path, "out", "latest.json");
        File.Delete(pointer);
        await Run(arguments);
        Assert.True(File.Exists(pointer));
    }

    [Fact]
    public async Task The_demo_empties_no_folder_that_is_not_its_own()
    {
        var mine = _folder.Write("x/public/kube-metrics/mine.txt", "mine");
        var run = await Run("demo", "--dir", "x");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("mine.txt", run.Error);
        Assert.Equal("mine", await File.ReadAllTextAsync(mine, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("public/kube-metrics", "_dataset")]
    [InlineData("reports", "index.html")]
    public async Task Ctrl_C_ends_the_command_and_leaves_nothing_half_written(string atWorkIn, string finished)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Sends SIGINT, which only Unix has.");
        var interrupted = false;
        var run = await CommandRun.OfAsync(_folder.Path, async process =>
        {
            // As soon as the first file shows that it is at work there.
            var folder = Path.Combine(_folder.Path, "kubemetrics-demo", atWorkIn);
            while (!process.HasExited && !(Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any())) await Task.Yield();
            interrupted = !process.HasExited;
            if (interrupted) Assert.Equal(0, Kill(process.Id, 2));
        }, "demo", "--days", "30");
        Assert.True(interrupted);
        Assert.Equal(130, run.ExitCode);
        Assert.Contains("interrupted", run.Error);
        var demo = Path.Combine(_folder.Path, "kubemetrics-demo");
        var reports = Path.Combine(demo, "reports");
        Assert.Empty(Directory.Exists(reports) ? Directory.EnumerateFiles(reports, "*", SearchOption.AllDirectories).Where(f => !f.Contains("/.")) : []);
        Assert.Equal(finished == "index.html", File.Exists(Path.Combine(demo, "public", "_dataset")));
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);
}
