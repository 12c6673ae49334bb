using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Demo;

namespace KubeMetrics.EndToEnd.Tests;

/// <summary>
/// Every command of docs/from-the-notebook.md, as it stands there, one after another: a public store, a private one, a Spark, all real. Only
/// where they are is other than in the document.
/// </summary>
public sealed partial class FromTheNotebookTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // What the first command of each section has to show, and so that none is run without being looked at.
    private static readonly (string Section, string Shows)[] Shown =
    [
        ("Client, buckets, objects", "hello.txt"),
        ("Sessions: a cluster, or none", "of 100 tasks"),
        ("Reading text", "hello, Ceph"),
        ("A public and a private store side by side", "trip_report.tsv"),
        ("Copies", "records   3"),
        ("Copies", "22 objects"),
        ("Copies", "part-00075-"),
        ("Schema", "operation_type"),
        ("SQL", "{\"values\":[["),
        ("SQL", "create_container"),
        ("A tidy table", "operation_type"),
        ("Mean, variance, standard deviation, median", "list_images"),
        ("Histograms, boxes, trends", ".png"),
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly S3Clients _clients = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _clients.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_command_of_the_document_does_what_it_says()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "from-the-notebook.md"), Cancellation);
        var (ours, theirs) = (await Ceph.OwnAsync("memstore"), await Ceph.OwnAsync("memstore"));
        var spark = await RealSpark.OwnAsync(environment: new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = ours.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = ours.SecretKey });
        try
        {
            var dumps = new S3Store("bd-dist", theirs.Connection, _clients);
            await dumps.CreateBucketAsync(Cancellation);
            await DemoDataset.WriteAsync(dumps, new DemoOptions { Days = 2 }, cancellationToken: Cancellation);
            await dumps.PutBytesAsync("trip_report.tsv", "host\tregion\nm1\teu\nm2\tus\n"u8.ToArray(), cancellationToken: Cancellation);
            await dumps.AllowReadingToAllAsync(Cancellation);

            // The document's settings, with where things are here.
            var settings = JsonNode.Parse(Block().Matches(text).First(block => block.Groups[1].Value == "json").Groups[2].Value)!;
            var of = settings["Storage"]!["Default"]!;
            (of["Endpoint"], of["AccessKey"], of["SecretKey"]) = (ours.Endpoint, ours.AccessKey, ours.SecretKey);
            settings["Storage"]!["Buckets"]!["bd-dist"]!["Endpoint"] = theirs.Endpoint;
            (settings["Spark"]!["Master"], settings["Spark"]!["Endpoint"], settings["Spark"]!["Ui"]) = (spark.Master, spark.Rest.ToString(), spark.Ui.ToString());
            _folder.Write("appsettings.json", settings.ToJsonString());

            var ran = new List<(string Section, string Output)>();
            foreach (Match block in Block().Matches(text))
            {
                if (block.Groups[1].Value != "sh") continue;
                var section = Heading().Matches(text[..block.Index])[^1].Groups[1].Value;
                ran.Add((section, await RunAsync(block.Groups[2].Value)));
            }

            Assert.Equal(Shown.Select(one => one.Section).Distinct(), ran.Select(one => one.Section).Distinct());
            Assert.All(Shown, one => Assert.Contains(ran, block => block.Section == one.Section && block.Output.Contains(one.Shows)));
        }
        finally
        {
            await Task.WhenAll(ours.WipeAsync(), theirs.WipeAsync(), spark.WipeAsync());
        }
    }

    private async Task<string> RunAsync(string commands)
    {
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", $"kubemetrics() {{ {string.Join(' ', CommandRun.Program.Select(word => $"'{word}'"))} \"$@\"; }}\n{commands}"]) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_ROLL_FORWARD"] = "Major";
        foreach (var name in (string[])["RGW_API_ENDPOINT", "ACCESSKEY", "SECRETKEY"]) start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Patience);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }

        Assert.True(process.ExitCode == 0, $"{commands}\n{await output}\n{await errors}");
        return await output;
    }

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^## (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
