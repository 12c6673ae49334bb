using System.Diagnostics;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Demo;

namespace KubeMetrics.Benchmarks;

/// <summary>
/// The dataset that everything is measured on: 180 files, one series each (4 hosts × 15 operations × 3 quantiles), 60 days
/// at 60 s, 1 % NaN; once as plain JSON (<c>plain/</c>) and once bzip2-compressed (<c>bzip2/</c>).
/// </summary>
internal static class ReferenceDataset
{
    internal const string PlainFolder = "plain", CompressedFolder = "bzip2", DaysFolder = "days", CompressedDaysFolder = "days-bzip2";

    // The demo's eleven operations have real figures. These four make up the number; their figures are invented.
    private static readonly DemoOperation[] More =
    [
        new("create_exec", 21_400, 38_900, 71_300, 60),
        new("inspect_exec", 1_050, 2_210, 6_480, 60),
        new("remove_image", 58_700, 181_000, 402_000, 8),
        new("start_exec", 64_200, 119_000, 233_000, 60),
    ];

    private static readonly DemoOptions Options = new()
    {
        Days = 60,
        Operations = [.. DemoOperation.Kubelet, .. More],
        Layout = DemoLayout.Series,
        Folder = "",
        IdleShare = 0.01,
        IdleSteps = 1,
        RisePercentPerDay = 1,
    };

    /// <summary>Makes what is missing of the dataset, and nothing where it is all there.</summary>
    internal static async Task GenerateAsync(string folder, TextWriter output, CancellationToken cancellationToken)
    {
        var (plain, compressed) = (Path.Combine(folder, PlainFolder), Path.Combine(folder, CompressedFolder));
        var files = Options.Operations.Count * Options.Hosts.Count * DemoOperation.Quantiles.Count;
        if (Files(plain).Length != files)
        {
            var store = FolderStore.Create(plain, flushToDisk: false);
            await DemoDataset.WriteAsync(store, Options, progress: null, cancellationToken);

            // Others read this folder as plain files, without the store.
            Directory.Delete(Path.Combine(plain, ".kubemetrics"), recursive: true);
        }

        output.WriteLine($"{plain}: {Files(plain).Length} files, {Size(plain) / 1e6:F0} MB");
        if (Files(compressed).Length != files)
        {
            Directory.CreateDirectory(compressed);
            Compress(plain, compressed);
        }

        output.WriteLine($"{compressed}: {Files(compressed).Length} files, {Size(compressed) / 1e6:F0} MB");
    }

    /// <summary>
    /// As many samples in as many files the other way round: 180 days of all series, each day's a file, every 180 s. Each arrival adds to
    /// every series then.
    /// </summary>
    internal static async Task GenerateDaysAsync(string folder, CancellationToken cancellationToken)
    {
        const int Days = 180;
        var (days, compressed) = (Path.Combine(folder, DaysFolder), Path.Combine(folder, CompressedDaysFolder));
        if (Files(days).Length != Days)
        {
            var parts = Directory.CreateTempSubdirectory("kubemetrics-days-").FullName;
            await DemoDataset.WriteAsync(FolderStore.Create(parts, flushToDisk: false),
                Options with { Days = Days, Step = TimeSpan.FromSeconds(180), Layout = DemoLayout.OperationAndDay, CompressedDays = 0 }, progress: null, cancellationToken);
            Directory.CreateDirectory(days);
            foreach (var day in Directory.GetFiles(parts, "2018-*.json", SearchOption.AllDirectories).Concat(Directory.GetFiles(parts, "2019-*.json", SearchOption.AllDirectories)).GroupBy(Path.GetFileName))
            {
                await using var to = File.Create(Path.Combine(days, day.Key!));
                foreach (var part in day.Order(StringComparer.Ordinal))
                {
                    await using var from = File.OpenRead(part);
                    await from.CopyToAsync(to, cancellationToken);
                }
            }

            Directory.Delete(parts, recursive: true);
        }

        if (Files(compressed).Length == Days) return;
        Directory.CreateDirectory(compressed);
        Compress(days, compressed);
    }

    /// <summary>The dataset's files in one of its two forms, in order.</summary>
    internal static string[] Files(string folder) =>
        Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.json*").Order(StringComparer.Ordinal)] : [];

    internal static long Size(string folder) => Files(folder).Sum(file => new FileInfo(file).Length);

    private static void Compress(string plain, string compressed)
    {
        var program = Programs.Find("lbzip2") ?? Programs.Find("bzip2")
            ?? throw new BenchmarkException("Neither lbzip2 nor bzip2 is installed, and one of them has to compress the files; on Debian: apt-get install lbzip2.");
        foreach (var file in Files(plain))
        {
            // To another name first: a compression that was broken off must not pass for done.
            var target = Path.Combine(compressed, Path.GetFileName(file) + ".bz2");
            if (File.Exists(target)) continue;
            using (var to = File.Create(target + ".part"))
            {
                using var process = Process.Start(new ProcessStartInfo(program) { ArgumentList = { "-c", file }, RedirectStandardOutput = true })!;
                process.StandardOutput.BaseStream.CopyTo(to);
                process.WaitForExit();
                if (process.ExitCode != 0) throw new BenchmarkException($"{program} ended with {process.ExitCode} on {file}.");
            }

            File.Move(target + ".part", target);
        }
    }
}
