using System.Collections.Concurrent;
using System.Threading.Channels;
using Contracts.Storage;
using Contracts.Timers;
using Runner.Timers.Receivers;

namespace Runner.Timers.Delivery;

/// <summary>
/// Puts outcomes into pages before they are written to their timers' rows: small writes that never wait for the large ones, so that few
/// webhooks are exposed to a kill although rows are written in bulk.
/// </summary>
/// <param name="budget">Its slots are settled as soon as a page is there.</param>
/// <param name="time">Paces what gives way to a burst.</param>
/// <param name="logger">Told of pages that cannot be added or removed.</param>
/// <param name="pages">Where; null where a journal does it.</param>
internal sealed partial class OutcomeKeeper(
    SendBudget budget, TimeProvider time, ILogger<OutcomeKeeper> logger, IOutcomePages? pages = null) : IDisposable
{
    /// <summary>
    /// Minimum of webhooks exposed at once: a page of twenty costs the database hardly more than one outcome, so fewer would be sent no
    /// faster.
    /// </summary>
    public const int MinExposed = 48;

    private const int MaxWaiting = 10_000;
    private const int MaxBatch = 100;

    /// <summary>Rows that give way to a burst; when more wait, they are written beside it.</summary>
    private const int MaxRowsWaiting = 8_000;

    /// <summary>How long the rows of a burst wait for its end; its timers are shown as under way until then.</summary>
    private static readonly TimeSpan MaxGivingWay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GivingWayStep = TimeSpan.FromMilliseconds(5);

    private readonly Channel<UnwrittenOutcome> waiting = Channel.CreateBounded<UnwrittenOutcome>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly ConcurrentQueue<OutcomePage> done = new();
    private readonly CancellationTokenSource giveUp = new();

    /// <summary>The last page was not taken: webhooks that wait then wait for rows.</summary>
    private volatile bool isRefused;

    /// <summary>Whether there are pages.</summary>
    public bool IsOn => pages is not null;

    public ValueTask KeepAsync(UnwrittenOutcome entry) => waiting.Writer.WriteAsync(entry);

    /// <summary>No more comes.</summary>
    public void Complete() => waiting.Writer.TryComplete();

    /// <summary>No page is added any more: what waits is passed on at once.</summary>
    public void GiveUp() => giveUp.Cancel();

    /// <inheritdoc />
    public void Dispose() => giveUp.Dispose();

    /// <summary>Passes on what is kept, and what could not be, until <see cref="Complete"/>.</summary>
    public async Task KeepAllAsync(ChannelWriter<UnwrittenOutcome> next)
    {
        var together = new List<UnwrittenOutcome>();
        while (await waiting.Reader.WaitToReadAsync())
        {
            while (together.Count < MaxBatch && waiting.Reader.TryRead(out var entry))
            {
                together.Add(entry);
            }

            foreach (var ofOne in together.GroupBy(entry => entry.Timer.Timer.Runner))
            {
                var page = await TryAddAsync(ofOne.Key, [.. ofOne]);
                foreach (var entry in ofOne)
                {
                    await next.WriteAsync(entry with { Page = page });
                }
            }

            together.Clear();
        }
    }

    /// <summary>
    /// Waits while webhooks wait for pages: rows compete with pages for the database, and nobody waits for rows.
    /// </summary>
    /// <param name="rows">What waits to be written.</param>
    public async Task GiveWayAsync(ChannelReader<UnwrittenOutcome> rows)
    {
        var start = time.GetTimestamp();
        while (IsOn && !isRefused && budget.IsShort && rows.Count < MaxRowsWaiting && time.GetElapsedTime(start) < MaxGivingWay)
        {
            await Task.Delay(GivingWayStep, time);
        }
    }

    /// <summary>The store has these: pages of which it has all are removed.</summary>
    public async Task ReleaseAsync(IEnumerable<UnwrittenOutcome> written)
    {
        foreach (var page in written.Select(entry => entry.Page).OfType<OutcomePage>().Where(page => page.Release()))
        {
            done.Enqueue(page);
        }

        if (done.IsEmpty)
        {
            return;
        }

        var remove = new List<OutcomePage>();
        while (done.TryDequeue(out var page))
        {
            remove.Add(page);
        }

        foreach (var ofOne in remove.GroupBy(page => page.Runner))
        {
            try
            {
                await pages!.RemoveAsync(ofOne.Key, [.. ofOne.Select(page => page.Number)], CancellationToken.None);
            }
#pragma warning disable CA1031 // They do no harm while they are there: the next time, or whoever takes over.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogNotRemoved(error is StoreUnavailableException ? null : error, ofOne.Count(), error.Message);
                foreach (var page in ofOne)
                {
                    done.Enqueue(page);
                }
            }
        }
    }

    private async Task<OutcomePage?> TryAddAsync(Guid runner, List<UnwrittenOutcome> together)
    {
        long number;
        try
        {
            giveUp.Token.ThrowIfCancellationRequested();
            number = await pages!.AddAsync(runner, together.ConvertAll(entry => entry.Outcome!), giveUp.Token);
        }
#pragma warning disable CA1031 // Whatever it is: they are written all the same, and count from then on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            isRefused = true;
            LogNotAdded(error is StoreUnavailableException ? null : error, together.Count, error.Message);
            return null;
        }

        isRefused = false;
        SendBudget.SettleAll([.. together.Select(entry => entry.Timer.Slot).OfType<SendSlot>()]);
        return new OutcomePage(runner, number, together.Count);
    }

    [LoggerMessage(3113, LogLevel.Warning, "Outcomes that could not be saved early: {Count}. {Reason} They are written with the others")]
    private partial void LogNotAdded(Exception? error, int count, string reason);

    [LoggerMessage(3114, LogLevel.Warning, "Pages of outcomes that could not be removed: {Count}. {Reason} Trying again later")]
    private partial void LogNotRemoved(Exception? error, int count, string reason);
}
