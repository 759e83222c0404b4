using System.Threading.Channels;
using Contracts.Common;
using Contracts.Messaging;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Collects a queue's messages into batches and passes them to their handler.</summary>
/// <remarks>
/// MassTransit's own batches succeed or fail as a whole. Here each message's consumer waits for the batch that contains it, so a message
/// that cannot be applied fails alone, and MassTransit moves it to the dead letters with its headers and the reason.
/// </remarks>
internal sealed class RabbitMqBatches : IDisposable
{
    /// <summary>How long a batch waits for a missing message that must be applied before some of its own.</summary>
    private static readonly TimeSpan GapTimeout = TimeSpan.FromMilliseconds(200);

    private readonly TopicRoutes routes;
    private readonly RabbitMqOptions settings;
    private readonly ConsumerMetrics metrics;
    private readonly Applier applier;
    private readonly CancellationTokenSource ended = new();
    private readonly Channel<RabbitMqEntry> received =
        Channel.CreateUnbounded<RabbitMqEntry>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Received while a batch was being applied; touched by the loop alone.</summary>
    private readonly List<RabbitMqEntry> early = [];

    private readonly Task loop;

    /// <summary>The broker's number of the next expected message.</summary>
    private ulong next = 1;

    /// <summary>Created when the first message arrives.</summary>
    public RabbitMqBatches(
        TopicRoutes routes, IDeadLetterStore deadLetters, IOptions<RabbitMqOptions> options, ConsumerStalls stalls, ConsumerMetrics metrics,
        RabbitMqLifecycle lifecycle, TimeProvider time, ILogger<RabbitMqBatches> logger)
    {
        this.routes = routes;
        this.metrics = metrics;
        settings = options.Value;
        applier = new Applier(routes.Topic, ReadAhead, deadLetters, stalls, metrics, time, logger);
        loop = Task.Run(() => RunAsync(ended.Token));
        lifecycle.AfterStop(EndAsync);
    }

    /// <summary>Completes when the message is applied.</summary>
    /// <param name="context">The message; its <see cref="ReceiveContext"/> gets this as a payload, to say that it was handed over.</param>
    /// <exception cref="MessageRejectedException">It cannot be read or applied, and is a dead letter.</exception>
    /// <exception cref="RabbitMqStoppedException">The process stopped before that.</exception>
    public Task ApplyAsync(ConsumeContext<RabbitMqMessage> context)
    {
        context.ReceiveContext.GetOrAddPayload(() => this);
        var tenant = context.Message.Tenant;
        var (route, message) = routes.Read(context.Message.Type, tenant, context.Message.Key, context.Message.Json);
        return ApplyAsync(new RabbitMqEntry(route, message, DeliveryOf(context))
        {
            Tenant = tenant is not null && Tenant.IsValid(tenant) ? tenant : Tenant.Default,
            TraceParent = context.Message.TraceParent,
        }, context.CancellationToken);
    }

    /// <summary>Completes when it is a dead letter: what is in the queue is none of our messages.</summary>
    /// <param name="context">What came from the queue.</param>
    /// <param name="reason">Why it cannot be read.</param>
    /// <exception cref="RabbitMqStoppedException">The process stopped before that.</exception>
    public async Task RefuseAsync(ReceiveContext context, MessageRejectedException reason)
    {
        var message = new UnreadableMessage(string.Empty, string.Empty, context.Body.GetBytes(), reason);
        try
        {
            await ApplyAsync(new RabbitMqEntry(UnreadableRoute.Instance, message, DeliveryOf(context)), context.CancellationToken);
        }
        catch (MessageRejectedException)
        {
            // As was to be.
        }
    }

    private async Task ApplyAsync(RabbitMqEntry entry, CancellationToken cancellationToken)
    {
        if (!received.Writer.TryWrite(entry))
        {
            throw new RabbitMqStoppedException();
        }

        if (entry.IsReadable)
        {
            applier.TellWitness();
        }

        try
        {
            // Cancelled when a stop has waited long enough for the batch.
            await entry.Done.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new RabbitMqStoppedException();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        received.Writer.TryComplete();
        ended.Cancel();
        ended.Dispose();
    }

    private async Task EndAsync()
    {
        received.Writer.TryComplete();
        await ended.CancelAsync();
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var entry in ReadAhead())
        {
            entry.Done.TrySetException(new RabbitMqStoppedException());
        }
    }

    /// <summary>What waits behind the batch that is being applied.</summary>
    private List<RabbitMqEntry> ReadAhead()
    {
        while (received.Reader.TryRead(out var entry))
        {
            early.Add(entry);
        }

        return early;
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        while (early.Count > 0 || await received.Reader.WaitToReadAsync(stopping))
        {
            var batch = await ReadBatchAsync(stopping);
            try
            {
                stopping.ThrowIfCancellationRequested();
                await applier.ApplyAsync(batch, stopping);
                metrics.Consumed(routes.Topic, batch.Count(entry => entry.Done.TrySetResult()));
            }
            catch (OperationCanceledException)
            {
                batch.ForEach(entry => entry.Done.TrySetException(new RabbitMqStoppedException()));
                throw;
            }
        }
    }

    private async Task<List<RabbitMqEntry>> ReadBatchAsync(CancellationToken stopping)
    {
        var batch = early.Take(settings.BatchSize).ToList();
        early.RemoveRange(0, batch.Count);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        enough.CancelAfter(settings.BatchTime);
        await received.Reader.ReadBatchAsync(batch, settings.BatchSize, enough.Token);
        await FillGapsAsync(batch, stopping);
        return batch;
    }

    /// <summary>Waits for missing messages: MassTransit delivers messages concurrently, but the broker has numbered them.</summary>
    private async Task FillGapsAsync(List<RabbitMqEntry> batch, CancellationToken stopping)
    {
        Sort(batch);
        using var gapTimeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        gapTimeout.CancelAfter(GapTimeout);
        try
        {
            while (HasGap(batch) && await received.Reader.WaitToReadAsync(gapTimeout.Token))
            {
                while (received.Reader.TryRead(out var entry))
                {
                    batch.Add(entry);
                }

                Sort(batch);
            }
        }
        catch (OperationCanceledException)
        {
            // The missing message was dead-lettered before it got here.
        }

        if (batch is [.., var last])
        {
            next = last.Delivery + 1;
        }
    }

    private static ulong DeliveryOf(PipeContext context) =>
        context.TryGetPayload<RabbitMqBasicConsumeContext>(out var details) ? details.DeliveryTag : 0;

    private static void Sort(List<RabbitMqEntry> batch) => batch.Sort((one, other) => one.Delivery.CompareTo(other.Delivery));

    /// <summary>Whether numbers are missing. A new channel starts numbering anew, so a number below the expected one is no gap.</summary>
    private bool HasGap(List<RabbitMqEntry> batch)
    {
        var expected = next;
        foreach (var entry in batch)
        {
            if (entry.Delivery > expected)
            {
                return true;
            }

            expected = entry.Delivery + 1;
        }

        return false;
    }

    /// <summary>A message that the broker has meanwhile given to another consumer is applied twice, which does no harm.</summary>
    private sealed class Applier(
        string topic, Func<IReadOnlyList<RabbitMqEntry>> later, IDeadLetterStore deadLetters, ConsumerStalls stalls,
        ConsumerMetrics metrics, TimeProvider time, ILogger logger)
        : BatchApplier<RabbitMqEntry>(topic, stalls, time, logger)
    {
        protected override IReadOnlyList<RabbitMqEntry> Witnesses => later();

        public void TellWitness() => Witness();

        /// <summary>
        /// Stores the dead letter for inspection. MassTransit itself moves the message to the dead-letter queue when its consumer fails.
        /// </summary>
        protected override async Task DeadLetterAsync(RabbitMqEntry entry, Exception reason, CancellationToken cancellationToken)
        {
            var letter = DeadLetters.Of(entry, Topic, reason, Time);
            await PersistAsync(() => deadLetters.AddAsync(letter, cancellationToken), () => true, cancellationToken);
            entry.Done.TrySetException(reason);
            metrics.DeadLettered(Topic, letter.Tenant);
        }
    }
}
