using System.Threading.Channels;
using Contracts.Common;
using Contracts.Messaging;
using Contracts.Storage;
using Microsoft.Extensions.Hosting;

namespace Infrastructure.Messaging;

/// <summary>
/// The embedded log of one topic: not a second log but a bounded queue in front of the same handlers that a broker would feed.
/// </summary>
/// <remarks>
/// Publishing completes when the handler has committed, so embedded mode writes once and reads its own writes. While
/// one batch is being committed the next one fills; a batch after a full one is handed over at once, so that it is
/// prepared meanwhile. At most two are in progress. A key's messages keep the order in which they were acknowledged.
/// </remarks>
internal sealed class InProcessLog : BackgroundService, ILogProgress
{
    /// <summary>Maximum number of waiting publications; further callers have to wait.</summary>
    private const int MaxWaiting = 10_000;

    private readonly Channel<InProcessPublication> waiting = Channel.CreateBounded<InProcessPublication>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    private readonly InProcessApplier applier;
    private readonly ILogFile file;
    private long next;

    public InProcessLog(InProcessApplier applier, ILogFile file)
    {
        this.applier = applier;
        this.file = file;
        next = file.Next;
    }

    /// <summary>Completes when each message is applied, or reported as a dead letter.</summary>
    /// <exception cref="LogUnavailableException">Not all are.</exception>
    public async Task<PublishReceipt> PublishAsync(InProcessPublication publication, CancellationToken cancellationToken)
    {
        try
        {
            // Without the token: a wait that is cancelled while it begins stays in the channel's list (.NET 10, dotnet/runtime#132094).
            var writing = waiting.Writer.WriteAsync(publication, CancellationToken.None);
            if (!writing.IsCompletedSuccessfully)
            {
                await writing.AsTask().WaitAsync(cancellationToken);
            }
        }
        catch (ChannelClosedException)
        {
            throw new LogUnavailableException(WriteOutcome.Refused, "The service is stopping.");
        }

        // The caller stops waiting; its messages stay on the log.
        await using var gone = cancellationToken.UnsafeRegister(
            static (published, token) => ((InProcessPublication)published!).GiveUp(token), publication);
        return await publication.Done;
    }

    /// <summary>At once: publishing completes only when the handler has committed.</summary>
    public Task<bool> WaitUntilAppliedAsync(string key, TimeSpan timeout, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <inheritdoc cref="WaitUntilAppliedAsync(string, TimeSpan, CancellationToken)"/>
    public Task<bool> WaitUntilAppliedAsync(LogPosition position, TimeSpan timeout, CancellationToken cancellationToken) =>
        Task.FromResult(true);

    /// <summary>Accepts no more, applies waiting messages.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        waiting.Writer.TryComplete();
        if (ExecuteTask is { } loop)
        {
            // Running out of time is not a failure: nobody has been told that the waiting messages are durable.
            await loop.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var before = Task.CompletedTask;
        while (await waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var entries = new List<InProcessEntry>();
            // A larger publication is not split.
            while (entries.Count < file.MaxBatch && waiting.Reader.TryRead(out var publication))
            {
                publication.Enter(entries, () => new LogPosition(file.Epoch, 0, next++));
            }

            var applying = applier.ApplyAllAsync(entries);
            await before;
            before = applying;
            if (entries.Count < file.MaxBatch)
            {
                // Messages that arrive meanwhile share the next commit.
                await before;
            }
        }

        await before;
    }
}
