using KubeMetrics.Charts;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Orchestration.Summaries;
using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Pipeline.Settings;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Queries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Pipeline;

/// <summary>What both hosts are made of.</summary>
public static class PipelineServices
{
    /// <summary>
    /// Adds the pipeline to a host that starts whatever its settings are, and has timers instead of a loop: what is wrong
    /// with them is told to whoever asks (<see cref="SettingsMistakes"/>).
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="read">Reads the settings.</param>
    /// <returns>What the host was told; null where that can't be worked with.</returns>
    public static KubeMetricsOptions? AddKubeMetrics(this IServiceCollection services, Func<KubeMetricsOptions> read)
    {
        services.AddSingleton<DeliveredEvents>().AddSingleton<TimedWork>().AddHostedService(all => all.GetRequiredService<TimedWork>());
        try
        {
            var options = read();
            services.AddKubeMetrics(options);
            return options;
        }
        catch (SettingsException e)
        {
            services.AddSingleton(new SettingsMistakes(e.Mistakes));
            return null;
        }
    }

    /// <summary>Adds the pipeline. The host adds logging, an <see cref="IPngRenderer"/> if it can draw, and an <see cref="ISeriesEngine"/> if it can answer queries.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">What the host was told.</param>
    public static IServiceCollection AddKubeMetrics(this IServiceCollection services, KubeMetricsOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(options)
            .AddSingleton(options.Work)
            .AddSingleton(options.Analysis)
            .AddSingleton(new DatasetCatalog(options.Datasets))
            .AddSingleton(all => new StoreAccess(all.GetRequiredService<TimeProvider>(), options.Storage))
            .AddSingleton<PlaceProbe>()
            .AddSingleton(all => all.GetRequiredService<StoreAccess>().At(options.State, PlaceUse.State))
            .AddSingleton<WorkFeed>()
            .AddSingleton(all =>
            {
                var (store, prefix) = all.GetRequiredService<StorePlace>();
                return new WorkStore(store, prefix, all.GetRequiredService<WorkFeed>(), all.GetRequiredService<ILogger<WorkStore>>(),
                    options.Events.IsTold ? all.GetRequiredService<Outbox>().TakeDownAsync : null);
            })
            .AddSingleton(options.Events)
            .AddSingleton<WorkEvents>()
            .AddSingleton<Outbox>()
            .AddSingleton<EventTopic>()
            .AddSingleton<EventPublisher>()
            .AddSingleton<EventKey>()
            .AddSingleton<WorkExecutor>()
            .AddSingleton<AnalysisPlaces>()
            .AddSingleton<AnalysisService>()
            .AddSingleton<IWorkKind>(all => new AnalysisWork(
                all.GetRequiredService<DatasetCatalog>(), all.GetRequiredService<AnalysisPlaces>(), all.GetRequiredService<WorkStore>(),
                options.Analysis, all.GetService<IPngRenderer>(), all.GetRequiredService<TimeProvider>(), all.GetRequiredService<ILogger<AnalysisWork>>(), all.GetRequiredService<JobSummaries>()))
            .AddSingleton(options.Ingest)
            .AddSingleton(all => new IngestPlaces(
                all.GetRequiredService<StoreAccess>(), options.Storage, all.GetRequiredService<DatasetCatalog>(), options.State, all.GetRequiredService<StorePlace>()))
            .AddSingleton<IngestService>()
            .AddSingleton<IWorkKind, IngestWork>()
            .AddSingleton(options.Notifications)
            .AddSingleton(new NotificationKey(options.Notifications, options.Api))
            .AddSingleton<DirtyMarkers>()
            .AddSingleton<DeadLetters>()
            .AddSingleton<NotificationService>()
            .AddSingleton(options.Refresh)
            .AddSingleton<RefreshPlaces>()
            .AddSingleton<News>()
            .AddSingleton<RefreshService>()
            .AddSingleton<RefreshWatch>()
            .AddSingleton<IWorkKind, RefreshWork>()
            .AddSingleton(options.Spark)
            .AddSingleton(all => new JobPlaces(all.GetRequiredService<StoreAccess>(), options.Storage, options.State, all.GetRequiredService<StorePlace>(), options.Spark, all.GetRequiredService<DatasetCatalog>()))
            .AddSingleton(all => new JobService(
                all.GetRequiredService<JobPlaces>(), all.GetRequiredService<WorkStore>(), all.GetRequiredService<WorkFeed>(), options.Spark, all.GetRequiredService<TimeProvider>(), all.GetRequiredService<OneCluster>().Is, all.GetService<ISeriesEngine>()))
            .AddSingleton<IWorkKind>(all => new JobWork(
                all.GetRequiredService<JobPlaces>(), all.GetRequiredService<WorkStore>(), options.Spark, options.Analysis, all.GetRequiredService<TimeProvider>(), all.GetRequiredService<OneCluster>().Is, all.GetService<ISeriesEngine>()))
            .AddSingleton(all => new OneCluster(ConfiguredCluster.Of(options, all.GetRequiredService<TimeProvider>())))
            .AddSingleton<JobSummaries>()
            .AddSingleton<ReportCache>()
            .AddSingleton<DatasetService>()
            .AddSingleton<DatasetLook>()
            .AddSingleton<DatasetCheck>();
    }
}
