using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using KubeMetrics.Pipeline.Settings;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>What keeps a host from starting is told in a sentence, and what settings say of datasets can be tried without one.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Task<CommandRun> Run(params string[] arguments) => CommandRun.OfAsync(_folder.Path, arguments);

    public static TheoryData<string, string[], int, string[]> Mistakes => new()
    {
        { "a settings file that is no JSON", ["--settings", "broken.json"], 2, ["broken.json", "line 2"] },
        { "a settings file that is not there", ["--settings", "nowhere.json"], 2, ["nowhere.json"] },
        { "a settings file that is a folder", ["--settings", "dumps"], 2, ["dumps"] },
        { "a settings file that holds a list", ["--settings", "list.json"], 2, ["list.json", "{\"Datasets\""] },
        { "typos in names", ["--settings", "typos.json"], 2, ["Is 'Datasets' meant?", "Is 'LeaseTerm' meant?"] },
        { "a typo in a dataset", ["--settings", "typo.json"], 2, ["Is 'GroupBy' meant?", "Datasets:ops"] },
        { "names twice, in another case", ["--settings", "twice.json"], 2, ["twice.json", "tate"] },
        { "names twice in the form of Azure Functions", ["--settings", "values.json"], 2, ["values.json", "STATE"] },
        { "values that are none", ["--settings", "values-that-are-none.json"], 2, ["Work:LeaseTerm", "soon", "Analysis:Memory", "Log:Level"] },
        { "state where a file is", ["--state", "broken.json"], 1, ["broken.json", "State"] },
        { "state where nothing can be made", ["--state", "/proc/kubemetrics"], 1, ["/proc/kubemetrics", "State"] },
        { "state in a dataset's folder", ["dumps", "--state", "dumps/state"], 2, ["State", "dumps"] },
        { "a folder that is not there", ["nowhere"], 2, ["nowhere"] },
        { "a file for a folder", ["dumps/a.json"], 2, ["'dumps/a.json' is a file", "/dumps')", "kubemetrics analyze dumps/a.json"] },
        { "a bucket that nothing is said of", ["s3://bucket/x"], 2, ["bucket 'bucket'", "Storage:Buckets:bucket:Endpoint"] },
        { "a bucket that is none", ["s3://B/x"], 2, ["'B' in 's3://B/x' is no bucket name"] },
        { "two folders of one name", ["dumps", "more/dumps"], 2, ["'dumps'", "/dumps,", "/more/dumps."] },
        { "a log that is none", ["--log", "xml"], 2, ["xml"] },
        { "an address that is none", ["--listen", "nonsense"], 2, ["Api:Listen", "nonsense", "http://127.0.0.1:7071"] },
        { "an address that others reach, and no key", ["--listen", "http://0.0.0.0:0"], 2, ["Api:Key", "0.0.0.0"] },
        { "every address, and no key", ["--listen", "http://*:0"], 2, ["Api:Key"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_named_in_a_sentence_and_nothing_is_served(string mistake, string[] arguments, int exitCode, string[] named)
    {
        _folder.Write("broken.json", "{\n  \"State\": oops\n}");
        _folder.Write("list.json", "[]");
        _folder.Write("typos.json", """{"Datsets":{},"Work":{"LeaseTrm":"1s"}}""");
        _folder.Write("typo.json", """{"Datasets":{"ops":{"Location":"dumps","GroupBi":"op"}}}""");
        _folder.Write("twice.json", """{"State":"a","state":"b"}""");
        _folder.Write("values.json", """{"Values":{"State":"a","STATE":"b"}}""");
        _folder.Write("values-that-are-none.json", """{"Work":{"LeaseTerm":"soon"},"Analysis":{"Memory":"much"},"Log":{"Level":"loud"}}""");
        _folder.Write("dumps/a.json", ServedDumps.Operations);
        _folder.Write("more/dumps/a.json", ServedDumps.Operations);
        var run = await Run(["serve", .. arguments]);
        AssertFails(mistake, run, exitCode, named);
        var json = await Run(["serve", "--log", "json", .. arguments]);
        Assert.Empty(json.Output);
        if (mistake != "a log that is none")
            Assert.All(json.Error.TrimEnd().Split('\n'), line => Assert.Equal("Error", JsonDocument.Parse(line).RootElement.Text("LogLevel")));
    }

    [Fact]
    public async Task A_log_for_machines_is_JSON_from_the_start_to_the_stop_and_nothing_else_is_printed()
    {
        _folder.Write("dumps/a.json", ServedDumps.Operations);
        _folder.Write("file", "no folder");
        _folder.Write("appsettings.json", """{"Datasets":{"x":{"Location":"gone","Reports":"file/reports"}}}""");
        var error = new StringBuilder();
        var listens = new TaskCompletionSource();
        var warned = new TaskCompletionSource();
        using var process = new Process { StartInfo = new ProcessStartInfo(CommandRun.Program[0], [.. CommandRun.Program.Skip(1), "serve", "dumps", "--listen", "http://127.0.0.1:0", "--log", "json"]) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true } };
        process.StartInfo.Environment["DOTNET_ROLL_FORWARD"] = "Major";
        process.StartInfo.Environment["RGW_API_ENDPOINT"] = "http://ceph"; // without the keys
        process.ErrorDataReceived += (_, line) =>
        {
            lock (error) error.AppendLine(line.Data);
            if (line.Data?.Contains(" listens on ") == true) listens.SetResult();
            if (line.Data?.Contains("Datasets:x:Reports: nothing can be written") == true) warned.SetResult();
        };
        process.Start();
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await Task.WhenAll(listens.Task, warned.Task).WaitAsync(RunningHost.Patience, TestContext.Current.CancellationToken);
        RunningHost.Terminate(process);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, ""), (process.ExitCode, await output));
        var lines = error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Contains(lines, line => line.Text("LogLevel") == "Warning" && line.Text("Message").StartsWith("Of RGW_API_ENDPOINT", StringComparison.Ordinal));
        var started = Assert.Single(lines, line => line.Text("Message").Contains(" listens on ")).GetProperty("State");
        Assert.Equal("dumps, x", started.Text("Datasets"));
        Assert.EndsWith("_kubemetrics", started.Text("State"));
        Assert.StartsWith("http://127.0.0.1:", started.Text("Addresses"));
        Assert.NotEmpty(started.Text("Version"));
        Assert.Contains(lines, line => line.Text("Message").StartsWith("Stopping: SIGTERM was received", StringComparison.Ordinal));
        Assert.Equal(0, lines[^1].GetProperty("State").GetProperty("GivenBack").GetInt32());
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_what_to_do()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";
        AssertFails("a port in use", await Run("serve", "--listen", address), 1, [address, "--listen"]);
    }

    [Fact]
    public async Task Help_lists_every_setting()
    {
        var run = await Run("serve", "--help");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Usage:", run.Output);
        Assert.All(HostSettings.All, setting => Assert.Contains($"{setting.Key}  ", run.Output));
        Assert.All(HostSettings.All, setting => Assert.Contains(setting.Meaning, run.Output));
    }

    [Fact]
    public async Task Datasets_are_listed_and_tried()
    {
        _folder.Write("dumps/a.json", ServedDumps.Operations);
        _folder.Write("local.settings.json", """{"Values":{"Datasets__ops__Location":"dumps","Datasets__ops__GroupBy":"op","Datasets__ops__Where":"host=h1"}}""");
        var list = await Run("dataset", "list");
        Assert.Equal((0, ""), (list.ExitCode, list.Error));
        Assert.Contains("ops", list.Output);
        Assert.Contains("host=h1", list.Output);
        var json = await Run("dataset", "list", "--json");
        Assert.Equal("op", JsonDocument.Parse(json.Output).RootElement.GetProperty("datasets")[0].Text("groupBy"));
        var check = await Run("dataset", "check");
        Assert.Equal((0, ""), (check.ExitCode, check.Error));
        Assert.DoesNotContain("FAIL", check.Output);
        Assert.Contains("3 series", check.Output);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder.Path, "_kubemetrics"), "kubemetrics-check", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_dataset_that_can_not_be_analysed_is_told_why()
    {
        _folder.Write("dumps/a.json", ServedDumps.Operations);
        _folder.Write("file", "no folder");
        _folder.Write("appsettings.json", """
            {"Datasets":{
              "nowhere":{"Location":"nowhere"},
              "labels":{"Location":"dumps","GroupBy":"nonesuch","Where":["op=zzz"],"Reports":"file/reports"},
              "good":{"Location":"dumps","GroupBy":"op"}
            }}
            """);
        var check = await Run("dataset", "check");
        Assert.Equal(1, check.ExitCode);
        Assert.DoesNotContain("   at ", check.Output + check.Error);
        Assert.Matches("(?m)^  FAIL  .*nowhere", check.Output);
        Assert.Matches("(?m)^  FAIL  .*'nonesuch'.*op", check.Output);
        Assert.Matches("(?m)^  FAIL  .*op=zzz.*a, b", check.Output);
        Assert.Matches("(?m)^  FAIL  .*file", check.Output);
        Assert.Equal(0, (await Run("dataset", "check", "good")).ExitCode);
        AssertFails("a dataset that is none", await Run("dataset", "check", "goood"), 2, ["goood", "Is 'good' meant?"]);
    }

    [Fact]
    public async Task Without_a_dataset_there_is_none_to_list_and_none_to_check()
    {
        var list = await Run("dataset", "list");
        Assert.Equal((0, ""), (list.ExitCode, list.Output));
        Assert.Contains("Datasets__", list.Error);
        AssertFails("none to check", await Run("dataset", "check"), 1, ["No dataset"]);
    }

    private static void AssertFails(string mistake, CommandRun run, int exitCode, string[] named)
    {
        Assert.True(run.ExitCode == exitCode, $"{mistake}: exit {run.ExitCode}\n{run.Error}");
        Assert.All(named, name => Assert.Contains(name, run.Error));
        Assert.DoesNotContain("   at ", run.Error);
        Assert.DoesNotContain("mistake in kubemetrics", run.Error);
        Assert.DoesNotContain("Exception", run.Error);
        Assert.Empty(run.Output);
    }
}
