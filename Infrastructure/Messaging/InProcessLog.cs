using System.Threading.Channels;
using Contracts.Messaging;
using Contracts.Storage;
using Microsoft.Extensions.Hosting;

namespace Infrastructure.Messaging;

/// <summary>The embedded log: not a second log but a bounded queue in front of the same handler that a broker would feed.</summary>
/// <remarks>
/// Publishing completes when the handler has committed, so embedded mode writes once and reads its own writes. While
/// one batch is being committed the next one gathers; what follows a full one is handed over at once, so that it is
/// made ready meanwhile. Two are under way at most. A key's messages keep the order in which they were acknowledged.
/// </remarks>
internal sealed class InProcessLog<TMessage>(IBatchHandler<TMessage> handler) : BackgroundService, IEventPublisher<TMessage>, ILogProgress<TMessage>
{
    /// <summary>Publications that may wait; more are held back at the caller.</summary>
    private const int MostWaiting = 10_000;

    /// <summary>Messages handed over at once; a larger publication goes as it is.</summary>
    private const int MostTogether = 1_000;

    private readonly Channel<Publication> waiting = Channel.CreateBounded<Publication>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    /// <inheritdoc />
    public async Task<PublishReceipt> PublishAsync(IReadOnlyList<TMessage> messages, CancellationToken cancellationToken)
    {
        var publication = new Publication(messages);
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

        // The caller goes; what it has published stays where it is.
        await using var gone = cancellationToken.UnsafeRegister(
            static (waiting, token) => ((Publication)waiting!).Done.TrySetCanceled(token), publication);
        return await publication.Done.Task;
    }

    /// <summary>At once: a publisher is answered when the handler has committed.</summary>
    public Task<bool> WaitUntilAppliedAsync(string key, TimeSpan patience, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>Takes no more, applies what waits.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        waiting.Writer.TryComplete();
        if (ExecuteTask is { } loop)
        {
            // Out of time is no failure: nobody has been told that what still waits is durable.
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
            var together = new List<Publication>();
            var messages = new List<TMessage>();
            while (messages.Count < MostTogether && waiting.Reader.TryRead(out var publication))
            {
                together.Add(publication);
                messages.AddRange(publication.Messages);
            }

            var applying = ApplyAsync(together, messages);
            await before;
            before = applying;
            if (messages.Count < MostTogether)
            {
                // Whatever comes meanwhile shares the next commit.
                await before;
            }
        }

        await before;
    }

    private async Task ApplyAsync(List<Publication> together, List<TMessage> messages)
    {
        try
        {
            await handler.HandleAsync(messages, CancellationToken.None);
            foreach (var publication in together)
            {
                publication.Done.TrySetResult(new PublishReceipt(MessageEffects.Stored));
            }
        }
        catch (StoreUnavailableException unavailable)
        {
            Fail(together, new LogUnavailableException(unavailable.Outcome, unavailable.Message, unavailable));
        }
#pragma warning disable CA1031 // A defect in the handler is told to those whose messages it was given; the log goes on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Fail(together, new LogUnavailableException(WriteOutcome.Unknown, "The request could not be processed.", error));
        }
    }

    private static void Fail(List<Publication> together, LogUnavailableException failure)
    {
        foreach (var publication in together)
        {
            publication.Done.TrySetException(failure);
        }
    }

    private sealed record Publication(IReadOnlyList<TMessage> Messages)
    {
        public TaskCompletionSource<PublishReceipt> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
