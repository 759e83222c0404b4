using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Runner.Timers.Armed;

namespace Runner.Timers.Delivery;

/// <summary>All receivers that something waits for.</summary>
internal sealed class Destinations(IOptions<DeliveryOptions> options, WebhookSender sender, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Scheme, string Host, int Port), Destination> all = new();

    /// <summary>Requests under way, everywhere.</summary>
    public int InFlight => all.Values.Sum(destination => destination.InFlight);

    public void Enqueue(ArmedTimer armed)
    {
        var url = armed.Timer.Spec.Url;
        while (!all.GetOrAdd((url.Scheme, url.IdnHost, url.Port), _ => new Destination(options.Value, sender, time)).TryEnqueue(armed))
        {
            // It has just retired, and is gone from the table in a moment.
        }
    }

    /// <summary>What waits too long anywhere, taken out. Receivers that nothing waits for are forgotten.</summary>
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
