using System.Diagnostics;
using KubeMetrics.Pipeline.Tests;
using KubeMetrics.Pipeline.Tests.Analysis;
using KubeMetrics.Pipeline.Tests.Work;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestPipelineStartup(typeof(SecondProcess))]

namespace KubeMetrics.Pipeline.Tests;

/// <summary>This test program again as a real second process: started with variables set, it does a task instead of testing.</summary>
public sealed class SecondProcess : ITestPipelineStartup
{
    private const string TaskVariable = "KUBEMETRICS_TESTS_TASK", FolderVariable = "KUBEMETRICS_TESTS_FOLDER", DetailVariable = "KUBEMETRICS_TESTS_DETAIL";

    private static readonly Dictionary<string, Func<string, string, CancellationToken, Task>> Tasks = new()
    {
        [nameof(SharedWork)] = (folder, _, cancellationToken) => SharedWork.RunAsync(folder, cancellationToken),
        [nameof(KilledAnalysis)] = KilledAnalysis.RunAsync,
    };

    /// <summary>Starts it.</summary>
    internal static Process Start(string task, string folder, string detail = "")
    {
        var program = Path.ChangeExtension(typeof(SecondProcess).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null);
        return Process.Start(new ProcessStartInfo(program)
        {
            Environment = { [TaskVariable] = task, [FolderVariable] = folder, [DetailVariable] = detail },
            RedirectStandardOutput = true,
        })!;
    }

    async ValueTask ITestPipelineStartup.StartAsync(IMessageSink diagnosticMessageSink)
    {
        if (Environment.GetEnvironmentVariable(TaskVariable) is not { } task) return;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await Tasks[task](Environment.GetEnvironmentVariable(FolderVariable)!, Environment.GetEnvironmentVariable(DetailVariable)!, patience.Token);
        Environment.Exit(0);
    }

    ValueTask ITestPipelineStartup.StopAsync() => ValueTask.CompletedTask;
}
