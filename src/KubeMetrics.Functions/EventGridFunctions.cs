using KubeMetrics.Pipeline.Events;
using Microsoft.Azure.Functions.Worker;

namespace KubeMetrics.Functions;

/// <summary>What Event Grid delivers to a function: who may is the host's business.</summary>
/// <param name="events">Takes it.</param>
public sealed class EventGridFunctions(DeliveredEvents events)
{
    /// <summary>Take one event (CloudEvents); when this returns, it is in the store.</summary>
    [Function(nameof(TakeEvent))]
    public Task TakeEvent([EventGridTrigger] string delivered) => events.TakeAsync(delivered);
}
