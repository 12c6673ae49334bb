using System.Collections.Concurrent;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis.Columns;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Analysis.Groups;

/// <summary>
/// The charts of the last report with the same options, and where they lie: one object, and a <see cref="Foot"/>. The files themselves stay in that
/// report's folder and are copied from there, as long as they are as they were written; what is damaged or gone is drawn anew.
/// </summary>
internal sealed class KeptCharts
{
    private readonly ColumnPlace _place;
    private readonly string _key;
    private readonly IReadOnlyDictionary<string, string> _digests;
    private readonly KeptReport _before;

    private KeptCharts(ColumnPlace place, string key, IReadOnlyDictionary<string, string> digests, KeptReport? before) =>
        (_place, _key, _digests, _before) = (place, key, digests, before ?? KeptReport.None);

    /// <summary>Looks what there is; where that can't be told, it is as if there were nothing.</summary>
    /// <param name="place">Where.</param>
    /// <param name="options">The options of the report that is to be drawn.</param>
    /// <param name="digests">What its groups are made of.</param>
    /// <param name="cancellationToken">Ends the looking.</param>
    internal static async Task<KeptCharts> OpenAsync(ColumnPlace place, AnalysisOptions options, IReadOnlyDictionary<string, string> digests, CancellationToken cancellationToken)
    {
        var key = KeptGroups.KeyOf(place, options, ".charts");
        byte[] content = [];
        await place.TryAsync(async () => content = (await place.Store.GetBytesAsync(key, int.MaxValue, cancellationToken))?.Content ?? []);
        return new KeptCharts(place, key, digests, KeptReport.Read(content));
    }

    /// <summary>As the writing of a report wants them; done when it is written.</summary>
    internal sealed class For(KeptCharts kept, IObjectStore store, Func<string, string, string> keyOf, string runId, Action onFile) : IDrawnCharts
    {
        private readonly Dictionary<string, GroupCharts> _before = kept._before.Groups.ToDictionary(group => group.Key, group => group.Charts, StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, GroupCharts> _now = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, string> _files = new(StringComparer.Ordinal);

        public string? DigestOf(string group) => kept._digests.GetValueOrDefault(group);

        public GroupCharts? Find(string key) => kept._before.RunId == runId ? null : _before.GetValueOrDefault(key);

        public async Task<bool> CopyAsync(string file, CancellationToken cancellation)
        {
            if (!kept._before.Files.TryGetValue(file, out var etag)) return false;
            try
            {
                _files[file] = await store.CopyAsync(keyOf(kept._before.RunId, file), keyOf(runId, file), etag, cancellation);
            }
            catch (IOException)
            {
                return false; // gone, another, or not to be copied: where nothing can be written at all, drawing it will tell
            }

            onFile();
            return true;
        }

        public void Keep(string key, GroupCharts charts) => _now[key] = charts;

        /// <summary>Told of a file that was written.</summary>
        internal void Written(string file, string etag) => _files[file] = etag;

        /// <summary>Keeps what this report has, for the next one; nothing where it is more than there is room for.</summary>
        internal async Task EndAsync(CancellationToken cancellationToken)
        {
            var names = _now.Values.SelectMany(charts => charts.Files).SelectMany(chart => (string[])[ReportFiles.Svg(chart.Id), ReportFiles.Png(chart.Id)]);
            var files = names.Where(_files.ContainsKey).ToDictionary(name => name, name => _files[name], StringComparer.Ordinal);
            var now = new KeptReport(runId, files, [.. _now.Select(one => new KeptGroupCharts(one.Key, one.Value))]);
            using var bytes = new ByteWriter(now.Length);
            now.Write(bytes);
            if (bytes.Length > kept._place.Limit / KeptGroups.Share) return;
            await kept._place.TryAsync(() => kept._place.Store.PutBytesAsync(kept._key, bytes.Written, ColumnPlace.Kept, cancellationToken));
        }
    }
}
