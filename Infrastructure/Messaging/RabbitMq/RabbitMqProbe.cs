using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Infrastructure.Messaging.RabbitMq;

/// <summary>Tracks whether the broker is reachable, over a dedicated connection.</summary>
/// <remarks>
/// MassTransit's health check covers receive endpoints, and stays healthy when a process that only publishes loses the broker.
/// </remarks>
internal sealed class RabbitMqProbe(RabbitMqConnection connection, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private volatile bool isConnected;

    /// <summary>Whether the broker is connected; missed heartbeats reveal a hung broker after a few seconds.</summary>
    public bool IsConnected => isConnected;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var factory = new ConnectionFactory
        {
            HostName = connection.Host,
            Port = connection.Port,
            VirtualHost = connection.VirtualHost,
            UserName = connection.User,
            Password = connection.Password,
            Ssl = new SslOption(connection.Host, enabled: connection.IsEncrypted),
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = Timeout,
            RequestedHeartbeat = Timeout,
            ClientProvidedName = "timers-probe",
        };
        while (true)
        {
            try
            {
                await using var probe = await factory.CreateConnectionAsync(stoppingToken);
                var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                probe.ConnectionShutdownAsync += (_, _) =>
                {
                    isConnected = false;
                    lost.TrySetResult();
                    return Task.CompletedTask;
                };
                isConnected = probe.IsOpen;
                if (isConnected)
                {
                    await lost.Task.WaitAsync(stoppingToken);
                }
            }
            catch (Exception error) when (
                error is BrokerUnreachableException or OperationInterruptedException or IOException or TimeoutException)
            {
                // MassTransit reports the failure.
            }
            finally
            {
                isConnected = false;
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }
}
