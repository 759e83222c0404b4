using System.Threading.Channels;
using Contracts.Common;
using Contracts.Messaging;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Transports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Feeds a handler from a queue, in batches; each message is acknowledged when its effects are stored.</summary>
/// <remarks>
/// MassTransit's own batches succeed or fail as a whole. Here each message's consumer waits for the batch that it went
/// into, so one that cannot be applied fails alone, and MassTransit moves it to the dead letters with its headers and the reason.
/// </remarks>
internal sealed class RabbitMqConsumer(
    TopicRoutes routes, IDeadLetterStore deadLetters, IOptions<RabbitMqOptions> options, ConsumerStalls stalls, ConsumerMetrics metrics,
    TimeProvider time, ILogger<RabbitMqConsumer> logger) : IRabbitMqPart, IDisposable
{
    /// <summary>How long a batch waits for a message that must go before some of its own.</summary>
    private static readonly TimeSpan GapPatience = TimeSpan.FromMilliseconds(200);

    private readonly RabbitMqOptions settings = options.Value;
    private readonly CancellationTokenSource ended = new();
    private readonly Channel<RabbitMqEntry> received =
        Channel.CreateUnbounded<RabbitMqEntry>(new UnboundedChannelOptions { SingleReader = true });

    private Task? loop;

    /// <summary>The broker's number of the message that comes next.</summary>
    private ulong next = 1;

    /// <inheritdoc />
    public void Configure(IRabbitMqBusFactoryConfigurator bus) => bus.ReceiveEndpoint(settings.Prefixed(routes.Topic), endpoint =>
    {
        endpoint.Durable = true;
        endpoint.ConfigureConsumeTopology = false;

        // Nobody subscribes to MassTransit's own fault events, and they would carry the contents once more.
        endpoint.PublishFaults = false;

        // What lies in memory unacknowledged: bounds the unbounded channel above.
        endpoint.PrefetchCount = 2 * settings.BatchSize;
        endpoint.ConcurrentMessageLimit = 2 * settings.BatchSize;
        endpoint.ConfigureError(pipe =>
        {
            // Thrown on: then MassTransit gives the message back to the queue instead of burying it.
            pipe.UseExecute(context => ThrowIfStopped(context.Exception));
            pipe.UseFilter(new ErrorTransportFilter());
            pipe.UseExecute(context => context.GetOrAddPayload(() => Buried.Instance));
        });

        // Nobody takes a message of another kind; and MassTransit counts what was no message at all among these, though it is buried by then.
        endpoint.ConfigureDeadLetter(pipe => pipe.UseExecuteAsync(BuryUnwantedAsync));
        endpoint.Handler<RabbitMqMessage>(ReceiveAsync);
        loop = Task.Run(() => RunAsync(ended.Token));
    });

    /// <inheritdoc />
    public async Task EndAsync()
    {
        received.Writer.TryComplete();
        await ended.CancelAsync();
        if (loop is not null)
        {
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        while (received.Reader.TryRead(out var entry))
        {
            entry.Done.TrySetException(new StoppedException());
        }
    }

    /// <inheritdoc />
    public void Dispose() => ended.Dispose();

    private async Task RunAsync(CancellationToken stopping)
    {
        var applier = new Applier(routes.Topic, deadLetters, stalls, metrics, time, logger);
        while (await received.Reader.WaitToReadAsync(stopping))
        {
            var batch = await GatherAsync(stopping);
            try
            {
                stopping.ThrowIfCancellationRequested();
                await applier.ApplyAsync(batch, stopping);
                metrics.Consumed(routes.Topic, batch.Count(entry => entry.Done.TrySetResult()));
            }
            catch (OperationCanceledException)
            {
                batch.ForEach(entry => entry.Done.TrySetException(new StoppedException()));
                throw;
            }
        }
    }

    private async Task<List<RabbitMqEntry>> GatherAsync(CancellationToken stopping)
    {
        var batch = new List<RabbitMqEntry>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        enough.CancelAfter(settings.BatchTime);
        await received.Reader.GatherAsync(batch, settings.BatchSize, enough.Token);
        await FillGapsAsync(batch, stopping);
        return batch;
    }

    /// <summary>MassTransit hands messages over side by side; the broker numbered them, so one that is still on its way is waited for.</summary>
    private async Task FillGapsAsync(List<RabbitMqEntry> batch, CancellationToken stopping)
    {
        Sort(batch);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(GapPatience);
        try
        {
            while (HasGap(batch) && await received.Reader.WaitToReadAsync(patience.Token))
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
            // It became a dead letter before it came here.
        }

        if (batch is [.., var last])
        {
            next = last.Delivery + 1;
        }
    }

    private static void Sort(List<RabbitMqEntry> batch) => batch.Sort((one, other) => one.Delivery.CompareTo(other.Delivery));

    /// <summary>Whether numbers are missing. A new channel begins anew: what comes before the expected one is no gap.</summary>
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

    private async Task ReceiveAsync(ConsumeContext<RabbitMqMessage> context)
    {
        var route = routes.Find(context.Message.Type);
        var delivery = context.TryGetPayload<RabbitMqBasicConsumeContext>(out var details) ? details.DeliveryTag : 0;
        var entry = new RabbitMqEntry(route, route.Read(context.Message.Json), delivery)
        {
            Tenant = context.Message.Tenant ?? Tenant.Default,
            TraceParent = context.Message.TraceParent,
        };
        if (!received.Writer.TryWrite(entry))
        {
            throw new StoppedException();
        }

        await entry.Done.Task;
    }

    private static Task BuryUnwantedAsync(ReceiveContext context) =>
        context.HasPayloadType(typeof(Buried)) || !context.TryGetPayload<IDeadLetterTransport>(out var deadLetters)
            ? Task.CompletedTask
            : deadLetters.Send(context, "The message is of a type that is not known here.");

    private static void ThrowIfStopped(Exception? error)
    {
        if (error?.GetBaseException() is StoppedException)
        {
            throw new StoppedException();
        }
    }

    /// <summary>Marks a message that is among the dead letters.</summary>
    private sealed class Buried
    {
        public static Buried Instance { get; } = new();
    }

    /// <summary>The message was neither applied nor refused: the process ends.</summary>
    private sealed class StoppedException() : Exception("The service is stopping.");

    /// <summary>One that the broker gave to another meanwhile is applied twice, which harms nobody.</summary>
    private sealed class Applier(
        string topic, IDeadLetterStore deadLetters, ConsumerStalls stalls, ConsumerMetrics metrics, TimeProvider time, ILogger logger)
        : BatchApplier<RabbitMqEntry>(topic, stalls, time, logger)
    {
        /// <summary>In the store for those who look; MassTransit puts it into the queue of dead letters, when the message's consumer fails.</summary>
        protected override async Task DeadLetterAsync(RabbitMqEntry entry, Exception reason, CancellationToken cancellationToken)
        {
            var letter = DeadLetters.Of(entry, Topic, reason, Time);
            await PersistAsync(() => deadLetters.AddAsync(letter, cancellationToken), () => true, cancellationToken);
            entry.Done.TrySetException(reason);
            metrics.DeadLettered(Topic);
        }
    }
}
