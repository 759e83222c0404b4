using Contracts.Messaging;
using Contracts.Storage;
using Microsoft.Extensions.Logging;

namespace Infrastructure.Messaging;

/// <summary>Applies messages published in this process, and reports to each publisher the result of its own messages.</summary>
internal sealed class InProcessApplier(
    string topic, ILogFile file, IDeadLetterStore deadLetters, ConsumerStalls stalls, ConsumerMetrics metrics, TimeProvider time,
    ILogger<InProcessApplier> logger)
    : BatchApplier<InProcessEntry>(topic, stalls, time, logger)
{
    /// <summary>Completes when every publisher has its result.</summary>
    public async Task ApplyAllAsync(IReadOnlyList<InProcessEntry> entries) =>
        metrics.Consumed(Topic, await ApplyAsync(entries, CancellationToken.None));

    protected override void OnApplied(IReadOnlyList<InProcessEntry> entries)
    {
        foreach (var entry in entries)
        {
            entry.Publication.Applied(entry.Index, file.WasNew(entry.Position.Offset));
        }
    }

    /// <summary>False: the publisher waits, and decides itself whether to retry.</summary>
    protected override bool Waits => false;

    protected override void GiveUp(IReadOnlyList<InProcessEntry> entries, Exception error)
    {
        var told = error switch
        {
            StoreUnavailableException unavailable => new LogUnavailableException(unavailable.Outcome, unavailable.Message, unavailable),
            LogUnavailableException unavailable => unavailable,
            _ => new LogUnavailableException(WriteOutcome.Unknown, "The request could not be processed.", error),
        };
        foreach (var entry in entries)
        {
            entry.Publication.Fail(told);
        }
    }

    protected override async Task DeadLetterAsync(InProcessEntry entry, Exception reason, CancellationToken cancellationToken)
    {
        try
        {
            var letter = DeadLetters.Of(entry, Topic, reason, Time);
            if (letter.Position == entry.Position)
            {
                await file.UseUpAsync(entry.Position.Offset, cancellationToken);
            }

            await deadLetters.AddAsync(letter, cancellationToken);
            metrics.DeadLettered(Topic, letter.Tenant);
            entry.Publication.Reject(entry.Index, letter.Reason, letter.Id);
        }
        catch (StoreUnavailableException unavailable)
        {
            GiveUp([entry], unavailable);
        }
    }
}
