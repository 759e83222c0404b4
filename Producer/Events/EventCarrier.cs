using Contracts.Events;
using Contracts.Storage;

namespace Producer.Events;

/// <summary>Makes events durable, few messages for each key of a request, and tells of each event what became of it.</summary>
/// <typeparam name="TEvent">An event on its way.</typeparam>
/// <typeparam name="TMessage">What carries events of one key.</typeparam>
/// <param name="acceptance">Publishes the messages.</param>
internal sealed class EventCarrier<TEvent, TMessage>(EventAcceptance<TMessage> acceptance)
    where TEvent : CarriedEvent
    where TMessage : class
{
    /// <summary>Completes when all events are durable or, as far as the client waits for it, stored.</summary>
    /// <param name="tenant">The tenant that they belong to.</param>
    /// <param name="events">Valid ones; what became of each is set.</param>
    /// <param name="steps">What differs from slice to slice.</param>
    /// <param name="wait">How long to wait at most until they are stored; null not to.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone away.</param>
    public async Task CarryAsync(
        string tenant, IReadOnlyList<TEvent> events, CarrySteps<TEvent, TMessage> steps, TimeSpan? wait,
        CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return;
        }

        var loads = Group(events, steps);
        var accepted = await acceptance.AcceptAsync(
            tenant, loads.ConvertAll(load => steps.Compose(load.Events)), steps.TrackedBy, wait, cancellationToken);
        for (var i = 0; i < loads.Count; i++)
        {
            for (var place = 0; place < loads[i].Events.Count; place++)
            {
                loads[i].Events[place].Carry(accepted[i], place);
            }
        }

        var applied = events.Where(each => each.Accepted is { IsApplied: true, Rejected: null }).ToList();
        foreach (var each in applied.Where(each => each.Accepted!.IsNew))
        {
            each.Compare(each.Source);
        }

        // What is in the store says which of several won, whether of this request or an earlier one: a repetition is answered alike.
        applied.RemoveAll(each => each.Accepted!.IsNew);
        if (applied.Count > 0)
        {
            IReadOnlyList<EventSource?> sources;
            try
            {
                sources = await steps.FindSourcesAsync(applied, cancellationToken);
            }
            catch (StoreUnavailableException)
            {
                // They are durable, and to be refused is not what became of them: the tracking ids tell later.
                return;
            }

            for (var i = 0; i < sources.Count; i++)
            {
                applied[i].Compare(sources[i]);
            }
        }
    }

    private static List<Load> Group(IReadOnlyList<TEvent> events, CarrySteps<TEvent, TMessage> steps)
    {
        var loads = new List<Load>();
        var open = new Dictionary<string, Load>(StringComparer.Ordinal);
        foreach (var each in events)
        {
            var (key, size) = (steps.KeyOf(each), steps.SizeOf(each));
            if (!open.TryGetValue(key, out var load) || load.Events.Count == steps.Room.MaxEvents || load.Size + size > steps.Room.MaxSize)
            {
                open[key] = load = new Load();
                loads.Add(load);
            }

            load.Events.Add(each);
            load.Size += size;
        }

        return loads;
    }

    /// <summary>Events of one message.</summary>
    private sealed class Load
    {
        public List<TEvent> Events { get; } = [];

        public long Size { get; set; }
    }
}

/// <summary>What differs from slice to slice on the way of an event.</summary>
/// <param name="Room">How much one message may carry.</param>
/// <param name="KeyOf">Events of one key share messages, in order.</param>
/// <param name="Compose">Makes a message of events.</param>
/// <param name="TrackedBy">What the slice's tracker finds a message by.</param>
/// <param name="FindSourcesAsync">Where the store has these events from, in their order; null for those that are not there.</param>
internal sealed record CarrySteps<TEvent, TMessage>(
    MessageRoom Room, Func<TEvent, string> KeyOf, Func<IReadOnlyList<TEvent>, TMessage> Compose, Func<TMessage, string> TrackedBy,
    Func<IReadOnlyList<TEvent>, CancellationToken, Task<IReadOnlyList<EventSource?>>> FindSourcesAsync)
{
    /// <summary>What an event takes of a message's room. Default: nothing.</summary>
    public Func<TEvent, int> SizeOf { get; init; } = static _ => 0;
}
