using Contracts.Messaging;
using Contracts.Storage;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>The process's one MassTransit bus.</summary>
/// <remarks>Made by the bus factory: registered with MassTransit's container extensions it would send usage telemetry to its makers.</remarks>
internal sealed class RabbitMqBus : IHostedService
{
    /// <summary>A stop waits so long for batches under way.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(100);
    private readonly List<IRabbitMqPart> parts;
    private readonly IBusControl bus;
    private readonly RabbitMqOptions settings;
    private readonly RabbitMqProbe probe;
    private Task starting = Task.CompletedTask;
    private volatile bool isStopping;

    public RabbitMqBus(
        RabbitMqConnection connection, IEnumerable<IRabbitMqPart> parts, IOptions<RabbitMqOptions> options, RabbitMqProbe probe, ILoggerFactory loggers)
    {
        this.probe = probe;
        this.parts = [.. parts];
        settings = options.Value;
        LogContext.ConfigureCurrentLogContext(loggers);
        bus = Bus.Factory.CreateUsingRabbitMq(configurator =>
        {
            configurator.Host(connection.Host, connection.Port, connection.VirtualHost, host =>
            {
                host.Username(connection.User);
                host.Password(connection.Password);
                host.PublisherConfirmation = true;
                host.Heartbeat(TimeSpan.FromSeconds(5));
                if (connection.IsEncrypted)
                {
                    host.UseSsl(ssl => ssl.ServerName = connection.Host);
                }
            });
            configurator.SendTopology.ErrorQueueNameFormatter = DeadLetters.Instance;
            configurator.SendTopology.DeadLetterQueueNameFormatter = DeadLetters.Instance;
            foreach (var part in this.parts)
            {
                part.Configure(configurator);
            }
        });
    }

    /// <summary>Whether the broker is connected; what a readiness check asks.</summary>
    public bool IsReachable => probe.IsConnected && starting.IsCompletedSuccessfully && !isStopping;

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Not awaited: it ends when the broker is there, and the service starts without it.
        starting = StartAtBrokerAsync();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Not before the broker lets somebody in: MassTransit gives up for good at a login that is refused, whose user may be made later,
    /// and looks for a broker that is away every half minute only.
    /// </summary>
    private async Task StartAtBrokerAsync()
    {
        while (!probe.IsConnected && !isStopping)
        {
            await Task.Delay(StartPause);
        }

        if (!isStopping)
        {
            await bus.StartAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        isStopping = true;

        // It waits for what it has handed over; what is not done soon is given back to the broker.
        var stopped = bus.StopAsync(cancellationToken);
        await stopped.WaitAsync(StopGrace, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var part in parts)
        {
            await part.EndAsync();
        }

        await stopped.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Sends, and completes when the broker has confirmed.</summary>
    /// <param name="address">Where to, in MassTransit's short form.</param>
    /// <param name="messages">Sent beside one another.</param>
    /// <param name="isDurable">Whether they are to outlive the broker; then they must also have arrived in a queue.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="LogUnavailableException">Not confirmed.</exception>
    public async Task SendAsync<TMessage>(Uri address, IReadOnlyCollection<TMessage> messages, bool isDurable, CancellationToken cancellationToken)
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
            var sending = Task.WhenAll(messages.Select(message => endpoint.Send(message, context => Mark(context, isDurable), tooLong.Token)));

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

    /// <summary>Where MassTransit puts what a consumer failed at, or what is no message: one place for both.</summary>
    private sealed class DeadLetters : IErrorQueueNameFormatter, IDeadLetterQueueNameFormatter
    {
        public static DeadLetters Instance { get; } = new();

        public string FormatErrorQueueName(string queueName) => $"{queueName}.dead";

        public string FormatDeadLetterQueueName(string queueName) => $"{queueName}.dead";
    }
}
