using Contracts.Messaging;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>The queue of a message type. Messages that cannot be applied, or are not ours, go to its dead letters.</summary>
internal sealed class RabbitMqQueue<TMessage>(MessageType<TMessage> type, IOptions<RabbitMqOptions> options, IServiceProvider services)
    : IRabbitMqEndpoint
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

            // Limits the unacknowledged messages in memory, and so the messages that wait for a batch.
            endpoint.PrefetchCount = 2 * settings.BatchSize;
            endpoint.ConcurrentMessageLimit = 2 * settings.BatchSize;
            endpoint.ConfigureError(pipe =>
            {
                // Rethrown, so that MassTransit returns the message to the queue instead of dead-lettering it.
                pipe.UseExecute(failed => ThrowIfStopped(failed.Exception));
                pipe.UseExecuteAsync(failed => JudgeAsync(failed, "The message cannot be read.", failed.Exception));
                pipe.UseFilter(new ErrorTransportFilter());
                pipe.UseExecute(failed => failed.GetOrAddPayload(() => DeadLettered.Instance));
            });

            // No consumer takes messages of another type. MassTransit counts unreadable messages among these as well, although they are
            // dead-lettered by then.
            endpoint.ConfigureDeadLetter(pipe => pipe.UseExecuteAsync(DeadLetterUnwantedAsync));
            endpoint.ConfigureConsumer<RabbitMqConsumer<TMessage>>(context);
        });

    private async Task DeadLetterUnwantedAsync(ReceiveContext found)
    {
        const string reason = "The message is of a type that is not known here.";
        if (!found.HasPayloadType(typeof(DeadLettered)) && found.TryGetPayload<IDeadLetterTransport>(out var deadLetters))
        {
            await JudgeAsync(found, reason, null);
            await deadLetters.Send(found, reason);
        }
    }

    /// <summary>Completes when a message is a dead letter that was not handed to <see cref="RabbitMqBatches"/> before.</summary>
    private async Task JudgeAsync(ReceiveContext found, string reason, Exception? error)
    {
        if (!found.HasPayloadType(typeof(RabbitMqBatches)))
        {
            await services.GetRequiredKeyedService<RabbitMqBatches>(type.Topic)
                .RefuseAsync(found, new MessageRejectedException(reason, error));
        }
    }

    private static void ThrowIfStopped(Exception? error)
    {
        if (error?.GetBaseException() is RabbitMqStoppedException)
        {
            throw new RabbitMqStoppedException();
        }
    }

    /// <summary>Marks a message that has already been dead-lettered.</summary>
    private sealed class DeadLettered
    {
        public static DeadLettered Instance { get; } = new();
    }
}
