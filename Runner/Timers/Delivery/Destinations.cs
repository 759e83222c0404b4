using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Runner.Timers.Armed;
using Runner.Timers.Receivers;

namespace Runner.Timers.Delivery;

/// <summary>All receivers that something waits for, each tenant's for itself.</summary>
internal sealed class Destinations(
    IOptions<DeliveryOptions> options, WebhookSender sender, HostLookups lookups, SendBudget budget, TimeProvider time,
    ReceiverConnections? connections = null)
{
    private readonly ConcurrentDictionary<(string Tenant, string Scheme, string Host, int Port), Destination> all = new();

    /// <summary>Requests in flight, to all receivers.</summary>
    public int InFlight => all.Values.Sum(destination => destination.InFlight);

    /// <summary>Webhooks that a kill would repeat.</summary>
    public int Exposed => budget.Exposed;

    public void Enqueue(ArmedTimer armed)
    {
        if (sender.TryEnd(armed))
        {
            return;
        }

        var url = armed.Timer.Spec.Url;
        while (!all.GetOrAdd(
            (armed.Timer.Tenant, url.Scheme, url.IdnHost, url.Port),
            key => new Destination(
                key.Host, key.Port, options.Value, sender, lookups, budget, time,
                connections?.Proxy?.Covers(url) == true ? EgressProxy.StandIn(key.Host) : null)).TryEnqueue(armed))
        {
            // It has just retired, and will leave the table in a moment.
        }
    }

    /// <summary>Removes the timers that wait too long for any receiver. Receivers that no timer waits for are forgotten.</summary>
    public IReadOnlyList<(ArmedTimer Timer, DateTimeOffset NextAt)> CollectStuck(DateTimeOffset now)
    {
        var stuck = new List<(ArmedTimer Timer, DateTimeOffset NextAt)>();
        foreach (var (key, destination) in all)
        {
            destination.CollectStuck(now, stuck);
            if (destination.TryRetire())
            {
                all.TryRemove(key, out _);
            }
        }

        return stuck;
    }
}
