using System.Text;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace KubeMetrics.Pipeline.Events;

/// <summary>Takes events that a host delivers which has seen to it who sends them.</summary>
public sealed class DeliveredEvents(IServiceProvider services)
{
    /// <summary>Takes some. When this returns, they are in the store.</summary>
    /// <param name="body">One event or several, as they came.</param>
    /// <exception cref="IOException">The store does not take them: they have to be delivered again.</exception>
    /// <exception cref="InvalidOperationException">The settings are wrong: they have to be delivered again when they are not.</exception>
    public Task TakeAsync(string body) => services.GetService<SettingsMistakes>() is { } mistakes
        ? throw new InvalidOperationException($"Events are not taken, since settings are wrong: {mistakes.Sentences[0]}")
        : services.GetRequiredService<NotificationService>().AcceptAsync(NotificationReader.Read(Encoding.UTF8.GetBytes(body)));
}
