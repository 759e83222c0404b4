using Contracts.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Storage;

/// <summary>A lower bound of the clock of a store on another machine, so that services with different clocks are never early.</summary>
/// <remarks>
/// The maximum over the last 10 s of samples, one a second: each the store's time in an answer, aged by the monotonic clock
/// since the answer came, less 500 ppm, the most by which a machine's oscillator is allowed to be off (as NTP has it,
/// RFC 5905). With the store down the last samples go on ageing. Another source, a new primary, starts anew.
/// </remarks>
internal sealed partial class SampledClock(IStoreTime store, TimeProvider time, ILogger<SampledClock> logger)
    : BackgroundService, IStoreClock
{
    private const long PartsPerMillion = 1_000_000;
    private const long Drift = 500;

    /// <summary>What an answer's time is rounded down to.</summary>
    private static readonly TimeSpan Unit = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);

    private Samples samples = new("", []);

    /// <exception cref="StoreUnavailableException">The store has not answered yet.</exception>
    public DateTimeOffset Now => Known(Earliest());

    /// <summary>The minimum over the same samples, each aged since the question went, plus what the oscillator may be off by.</summary>
    /// <exception cref="StoreUnavailableException">The store has not answered yet.</exception>
    public DateTimeOffset Latest => Known(Bound(
        reading => reading.Asked, (reading, age) =>
            reading.Time + Unit + TimeSpan.FromTicks(age + (age / PartsPerMillion * Drift) + Drift), least: true));

    /// <summary>How far this machine's clock is ahead of the store's; null before the first sample.</summary>
    public TimeSpan? Offset => Earliest() is { } now ? time.GetUtcNow() - now : null;

    /// <summary>Takes a sample.</summary>
    internal async Task SampleAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        var sample = await store.SampleAsync(cancellationToken);

        // After the answer: what it says was so before, thus the estimate stays below the store's clock.
        var received = time.GetTimestamp();
        var known = Volatile.Read(ref samples);
        var kept = known.Source == sample.Source ? known.Readings.Where(one => time.GetElapsedTime(one.Received, received) <= Kept) : [];
        Volatile.Write(ref samples, new Samples(sample.Source, [.. kept, new Reading(sample.Time, asked, received)]));
        if (known.Source.Length > 0 && known.Source != sample.Source)
        {
            LogNewSource(sample.Source);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(Interval, time);
        var silent = false;
        do
        {
            try
            {
                await SampleAsync(stoppingToken);
                silent = false;
            }
            catch (StoreUnavailableException error)
            {
                if (!silent)
                {
                    LogSilent(error);
                }

                silent = true;
            }
#pragma warning disable CA1031 // An answer that nobody expects must not end the clock, and with it the process.
            catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
            {
                LogDefect(error);
            }
        }
        while (await ticks.WaitForNextTickAsync(stoppingToken));
    }

    private static DateTimeOffset Known(DateTimeOffset? bound) =>
        bound ?? throw new StoreUnavailableException(WriteOutcome.Refused, "The database has not reported its time yet.");

    private DateTimeOffset? Earliest() => Bound(
        reading => reading.Received, (reading, age) => reading.Time.AddTicks(age - (age / PartsPerMillion * Drift) - Drift), least: false);

    /// <summary>The tightest bound that any sample gives.</summary>
    private DateTimeOffset? Bound(Func<Reading, long> since, Func<Reading, long, DateTimeOffset> estimate, bool least)
    {
        var now = time.GetTimestamp();
        DateTimeOffset? bound = null;
        foreach (var reading in Volatile.Read(ref samples).Readings)
        {
            var one = estimate(reading, time.GetElapsedTime(since(reading), now).Ticks);
            bound = bound is { } other && (least ? other < one : other > one) ? other : one;
        }

        return bound;
    }

    [LoggerMessage(4101, LogLevel.Warning, "The database does not report its time; the last samples stay in use")]
    private partial void LogSilent(Exception error);

    [LoggerMessage(4103, LogLevel.Error, "The database's time cannot be read because of a defect; trying again every second")]
    private partial void LogDefect(Exception error);

    [LoggerMessage(4102, LogLevel.Information, "The time now comes from another machine: {Source}")]
    private partial void LogNewSource(string source);

    private sealed record Reading(DateTimeOffset Time, long Asked, long Received);

    private sealed record Samples(string Source, IReadOnlyList<Reading> Readings);
}
