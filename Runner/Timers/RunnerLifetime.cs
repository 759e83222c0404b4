using Contracts.Timers;
using Runner.Timers.Delivery;
using Runner.Timers.Armed;

namespace Runner.Timers;

/// <summary>
/// Starts and stops the Runner. Between the last claim and the last written outcome, waits for requests in flight and hands the rest back.
/// </summary>
internal sealed partial class RunnerLifetime(
    ArmedTimers armed, Destinations destinations, WebhookSender sender, OutcomeRecorder recorder, RunnerMetrics metrics,
    IOutcomeJournal journal, TimeProvider time, ILogger<RunnerLifetime> logger) : IHostedService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.ObserveArmed(() => armed.Count);
        metrics.ObserveInFlight(() => destinations.InFlight);
        metrics.ObserveExposed(() => destinations.Exposed);
        metrics.ObserveJournal(() => journal.Fault is not null);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var left = armed.Drain();
        foreach (var timer in left)
        {
            recorder.HandBack(timer, timer.Timer.NextAt);
        }

        LogHandedBack(left.Count, destinations.InFlight);
        await using var outOfTime = cancellationToken.Register(() =>
        {
            // In this order: a sender may be waiting for room for its outcome, and only then notices the stop.
            recorder.GiveUp();
            sender.Abort();
        });
        while (destinations.InFlight > 0)
        {
            await Task.Delay(PollInterval, time, CancellationToken.None);
        }
    }

    [LoggerMessage(3301, LogLevel.Information, "Stopping; timers handed back: {Returned}, requests in flight to wait for: {InFlight}")]
    private partial void LogHandedBack(int returned, int inFlight);
}
