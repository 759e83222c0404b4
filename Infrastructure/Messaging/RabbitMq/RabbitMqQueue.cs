using Contracts.Messaging;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Transports;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>The queue of a message type: what cannot be applied, or is no message of ours, goes to its dead letters.</summary>
internal sealed class RabbitMqQueue<TMessage>(MessageType<TMessage> type, IOptions<RabbitMqOptions> options) : IRabbitMqEndpoint
{
    private readonly RabbitMqOptions settings = options.Value;

    /// <inheritdoc />
    public void Configure(IRabbitMqBusFactoryConfigurator bus, IRegistrationContext context) =>
        bus.ReceiveEndpoint(settings.Prefixed(type.Topic), endpoint =>
        {
            endpoint.Durable = true;
            endpoint.ConfigureConsumeTopology = false;

            // Nobody subscribes to MassTransit's own fault events, and they would carry the contents once more.
            endpoint.PublishFaults = false;

            // What lies in memory unacknowledged: bounds what waits for a batch.
            endpoint.PrefetchCount = 2 * settings.BatchSize;
            endpoint.ConcurrentMessageLimit = 2 * settings.BatchSize;
            endpoint.ConfigureError(pipe =>
            {
                // Thrown on: then MassTransit gives the message back to the queue instead of dead-lettering it.
                pipe.UseExecute(failed => ThrowIfStopped(failed.Exception));
                pipe.UseFilter(new ErrorTransportFilter());
                pipe.UseExecute(failed => failed.GetOrAddPayload(() => DeadLettered.Instance));
            });

            // Nobody takes a message of another kind; and MassTransit counts what was no message at all among these, though it is
            // dead-lettered by then.
            endpoint.ConfigureDeadLetter(pipe => pipe.UseExecuteAsync(DeadLetterUnwantedAsync));
            endpoint.ConfigureConsumer<RabbitMqConsumer<TMessage>>(context);
        });

    private static Task DeadLetterUnwantedAsync(ReceiveContext context) =>
        context.HasPayloadType(typeof(DeadLettered)) || !context.TryGetPayload<IDeadLetterTransport>(out var deadLetters)
            ? Task.CompletedTask
            : deadLetters.Send(context, "The message is of a type that is not known here.");

    private static void ThrowIfStopped(Exception? error)
    {
        if (error?.GetBaseException() is RabbitMqStoppedException)
        {
            throw new RabbitMqStoppedException();
        }
    }

    /// <summary>Marks a message that is among the dead letters.</summary>
    private sealed class DeadLettered
    {
        public static DeadLettered Instance { get; } = new();
    }
}
