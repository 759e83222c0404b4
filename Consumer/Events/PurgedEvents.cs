using Contracts.Events;
using Contracts.Messaging;

namespace Consumer.Events;

/// <summary>Events that came too late for the purge: they are not stored, and nobody is told of them.</summary>
internal static class PurgedEvents
{
    /// <summary>Maximum number of keys in one question.</summary>
    private const int MaxKeys = 1_000;

    /// <summary>Messages that a store has been given, as they are to be told of.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="purged">The instant before which nothing is stored any more.</param>
    /// <param name="read">The events of a message: what the store knows each by, and its instant.</param>
    /// <param name="findSourcesAsync">Where stored events of a tenant came from, in the order of the question; null for others.</param>
    /// <param name="keep">A message with some of its events alone, by their indexes; of none of them it is never asked for.</param>
    public static async Task<IReadOnlyList<Received<TMessage>>> LeaveOutAsync<TMessage, TKey>(
        IReadOnlyList<Received<TMessage>> messages, long purged, Func<TMessage, IEnumerable<(TKey Key, long At)>> read,
        Func<string, IReadOnlyList<TKey>, Task<IReadOnlyList<EventSource?>>> findSourcesAsync,
        Func<TMessage, IReadOnlyList<int>, TMessage> keep)
    {
        var late = messages.SelectMany((message, number) => read(message.Message)
            .Select((each, index) => (Number: number, Index: index, each.Key, each.At))
            .Where(each => each.At < purged)).ToList();
        if (late.Count == 0)
        {
            return messages;
        }

        // One that was stored in time, and then purged, has left its source in most stores; it is told of again when it comes again.
        var leftOut = new HashSet<(int Number, int Index)>();
        foreach (var group in late.GroupBy(each => messages[each.Number].Tenant, StringComparer.Ordinal))
        {
            foreach (var some in group.Chunk(MaxKeys))
            {
                var sources = await findSourcesAsync(group.Key, [.. some.Select(each => each.Key)]);
                leftOut.UnionWith(some.Where((each, i) => sources[i]?.Position != messages[each.Number].Source)
                    .Select(each => (each.Number, each.Index)));
            }
        }

        var told = new List<Received<TMessage>>(messages.Count);
        for (var number = 0; number < messages.Count; number++)
        {
            var message = messages[number];
            var count = read(message.Message).Count();
            List<int> kept = [.. Enumerable.Range(0, count).Where(index => !leftOut.Contains((number, index)))];
            if (kept.Count == count)
            {
                told.Add(message);
            }
            else if (kept.Count > 0)
            {
                told.Add(message with { Message = keep(message.Message, kept) });
            }
        }

        return told;
    }
}
