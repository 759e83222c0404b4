using Contracts.Messaging;
using Contracts.Storage;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Sends through the process's one MassTransit bus.</summary>
internal sealed class RabbitMqBus(IBus bus, RabbitMqProbe probe, RabbitMqLifecycle lifecycle, IOptions<RabbitMqOptions> options)
{
    private readonly RabbitMqOptions settings = options.Value;

    /// <summary>Whether the broker is connected; used by the readiness check.</summary>
    public bool IsReachable => probe.IsConnected && lifecycle.IsRunning;

    /// <summary>Sends, and completes when the broker has confirmed.</summary>
    /// <param name="address">Where to, in MassTransit's short form.</param>
    /// <param name="messages">Sent beside one another.</param>
    /// <param name="isDurable">Whether they are to outlive the broker; then they must also have arrived in a queue.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="LogUnavailableException">Not confirmed.</exception>
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

            // MassTransit waits for a connection that was lost, and not all of its waits heed the token.
            await sending.WaitAsync(tooLong.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LogUnavailableException(WriteOutcome.Unknown, "The log did not acknowledge the request in time.");
        }
#pragma warning disable CA1031 // Whatever the transport says: it was not confirmed.
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
            // Without it the broker confirms what no queue has taken.
            details.Mandatory = true;
        }
    }
}
