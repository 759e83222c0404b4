using System.Text.Json;
using Tests.EndToEnd.Devices;
using Tests.EndToEnd.Items;
using Tests.EndToEnd.Revenue;
using Tests.EndToEnd.Sites;
using Tests.Support;

namespace Tests.EndToEnd;

/// <summary>A slice of events, as the tests see it that do to all of them what may happen.</summary>
/// <param name="Name">Its name, which is that of its topic.</param>
/// <param name="Journal">Sends its events and knows what they come to.</param>
/// <param name="Keys">How many devices, sites, users or items the events are about.</param>
/// <param name="About">The member of its announcements that says what they are about.</param>
/// <param name="Announced">The type of its announcements of events.</param>
internal sealed record TestedSlice(string Name, ISliceJournal Journal, int Keys, string About, string Announced)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    /// <summary>What of an announcement is the same when it comes again.</summary>
    public Func<JsonElement, string> Tell { get; init; } = static message => message.GetRawText();

    /// <summary>All of them, each with a journal of its own.</summary>
    public static async Task<IReadOnlyList<TestedSlice>> AllAsync(params HttpClient[] clients)
    {
        // Other tests' devices would stand in the oracle's way.
        await ReadingJournal.ForgetAsync(clients[0]);
        return
        [
            new("devices", new ReadingJournal(clients), 12, "device", "readings.recorded"),
            new("sites", new SiteJournal(clients), 3, "site", "site.events.recorded"),
            new("revenue", new RevenueJournal(clients), 3, "user", "balance.changed")
            {
                // Balances are told as they are by then.
                Tell = message => $"{message.GetProperty("user")} {message.GetProperty("what")} {message.GetProperty("receivedAt")}",
            },
            new("items", new ItemJournal(clients), 8, "id", "item.happened"),
        ];
    }

    /// <summary>Sends events of all slices at once, at least so many of each.</summary>
    public static Task SendAsync(IReadOnlyList<TestedSlice> slices, int seed, int senders, int events) =>
        DuringAsync(slices, seed, senders, () => FlowAsync(slices, events));

    /// <summary>Sends events of all slices as long as something goes on.</summary>
    public static async Task DuringAsync(IReadOnlyList<TestedSlice> slices, int seed, int senders, Func<Task> actAsync)
    {
        using var stop = new CancellationTokenSource();
        var sending = slices.SelectMany(
            slice => Enumerable.Range(seed, senders).Select(each => slice.Journal.SendAsync(each, slice.Keys, stop.Token))).ToList();
        await actAsync();
        await stop.CancelAsync();
        await Task.WhenAll(sending).WaitAsync(2 * MaxWait);
    }

    /// <summary>Waits until so many more events of each slice are acknowledged.</summary>
    public static async Task FlowAsync(IReadOnlyList<TestedSlice> slices, int events)
    {
        var enough = slices.Select(slice => (Slice: slice, Count: slice.Journal.Acknowledged + events)).ToList();
        foreach (var (slice, count) in enough)
        {
            await Eventually.That(() => slice.Journal.Acknowledged > count, MaxWait, $"events of {slice.Name} flow");
        }
    }

    /// <summary>Every number of every slice is that of what was sent.</summary>
    public static async Task CheckAsync(IReadOnlyList<TestedSlice> slices, TimeSpan within)
    {
        foreach (var slice in slices)
        {
            await slice.Journal.CheckAsync(within);
        }
    }
}
