using Contracts.Messaging;
using Contracts.Storage;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Sends messages through the process's only MassTransit bus.</summary>
internal sealed class RabbitMqBus(IBus bus, RabbitMqProbe probe, RabbitMqLifecycle lifecycle, IOptions<RabbitMqOptions> options)
{
    private readonly RabbitMqOptions settings = options.Value;

    /// <summary>Whether the broker is connected; used by the readiness check.</summary>
    public bool IsReachable => probe.IsConnected && lifecycle.IsRunning;

    /// <summary>Sends messages; completes when the broker has confirmed them.</summary>
    /// <param name="address">Destination, in MassTransit's short form.</param>
    /// <param name="messages">Sent concurrently.</param>
    /// <param name="isDurable">Whether they must survive a restart of the broker; then they must also have reached a queue.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="LogUnavailableException">The broker did not confirm them.</exception>
    public async Task SendAsync<TMessage>(
        Uri address, IReadOnlyCollection<TMessage> messages, bool isDurable, CancellationToken cancellationToken)
        where TMessage : class
    {
        if (!IsReachable)
        {
            throw new LogUnavailableException(WriteOutcome.Refused, "The log cannot be reached.");
        }

        using var tooLong = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        tooLong.CancelAfter(settings.DeliveryTimeout);
        try
        {
            var endpoint = await bus.GetSendEndpoint(address).WaitAsync(tooLong.Token);
            var sending = Task.WhenAll(
                messages.Select(message => endpoint.Send(message, context => Mark(context, isDurable), tooLong.Token)));

            // MassTransit waits for a lost connection to return, and not all of its waits observe the token.
            await sending.WaitAsync(tooLong.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LogUnavailableException(WriteOutcome.Unknown, "The log did not acknowledge the request in time.");
        }
#pragma warning disable CA1031 // Whatever the transport reports, the messages were not confirmed.
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            throw new LogUnavailableException(WriteOutcome.Unknown, "The log did not acknowledge the request.", error);
        }
    }

    private static void Mark<TMessage>(SendContext<TMessage> context, bool isDurable)
        where TMessage : class
    {
        context.Durable = isDurable;
        if (isDurable && context.TryGetPayload<RabbitMqSendContext>(out var details))
        {
            // Without this flag the broker also confirms messages that no queue has accepted.
            details.Mandatory = true;
        }
    }
}
