using Contracts.Messaging;
using Contracts.Timers;
using Infrastructure.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Support;

namespace Tests.Infrastructure;

/// <summary>How a batch is applied, whatever log it came from.</summary>
public sealed class BatchApplierTests
{
    [Test]
    public async Task ApplyAsync_counts_what_was_applied_and_neither_dead_letters_nor_what_another_has()
    {
        var timers = Enumerable.Range(0, 10).Select(i => ATimer.New().WithFingerprint(i).Build()).ToList();
        var handler = new RecordingHandler
        {
            Before = batch => batch.Any(timer => timer.Fingerprint == 4) ? throw new InvalidOperationException("Never.") : Task.CompletedTask,
        };
        var applier = new Applier(handler, isMine: timer => timer.Fingerprint != 8);

        var applied = await applier.ApplyAsync(timers, default);

        Assert.That(applied, Is.EqualTo(8));
        Assert.That(applier.Buried, Is.EqualTo(new[] { timers[4] }));
        Assert.That(handler.Messages.Select(message => message.Fingerprint), Is.EqualTo(new long?[] { 0, 1, 2, 3, 5, 6, 7, 9 }));
    }

    private sealed class Applier(IBatchHandler<TimerScheduled> handler, Func<TimerScheduled, bool> isMine)
        : BatchApplier<TimerScheduled, TimerScheduled>(handler, TimeProvider.System, NullLogger.Instance)
    {
        public List<TimerScheduled> Buried { get; } = [];

        protected override bool IsMine(TimerScheduled entry) => isMine(entry);

        protected override TimerScheduled MessageOf(TimerScheduled entry) => entry;

        protected override Task BuryAsync(TimerScheduled entry, Exception reason, CancellationToken cancellationToken)
        {
            Buried.Add(entry);
            return Task.CompletedTask;
        }
    }
}
