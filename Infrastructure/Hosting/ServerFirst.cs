using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Infrastructure.Hosting;

/// <summary>Binds the addresses before anything else starts, and accepts connections once everything has.</summary>
/// <remarks>
/// .NET starts its server last. A Runner whose port is taken would by then have joined the group and stored a lease, and the others would
/// wait for it to expire. Stopping keeps its order: the server first of all.
/// </remarks>
internal sealed class ServerFirst(IServer server, ServerFirst.Gate gate, Task ahead) : IHostedLifecycleService
{
    /// <summary>Puts it around the server. To be called before the program is built.</summary>
    /// <param name="builder">The program.</param>
    /// <param name="ahead">What has to end, too, before connections are accepted.</param>
    /// <returns>What each connection has to pass.</returns>
    public static Gate Add(WebApplicationBuilder builder, Task ahead)
    {
        var gate = new Gate();

        // These run when the program is built, after the server has been added as the last of the hosted services. It becomes the first,
        // and what stops it the last: they stop in the reverse order.
        builder.Host.ConfigureContainer<IServiceCollection>((_, services) =>
        {
            var added = services.Last(service => service.ServiceType == typeof(IHostedService));
            if (added.ImplementationType?.Assembly != typeof(GenericHostWebHostBuilderExtensions).Assembly)
            {
                throw new InvalidOperationException($"The last hosted service is {added}, not the server: nothing would bind first.");
            }

            services.Remove(added);
            var first = services.FirstOrDefault(service => service.ServiceType == typeof(IHostedService));
            services.Insert(first is null ? services.Count : services.IndexOf(first), added);
            services.AddSingleton<IHostedService>(provider => new ServerFirst(provider.GetRequiredService<IServer>(), gate, ahead));
        });
        return gate;
    }

    /// <inheritdoc />
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Accepts connections from now on.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await ahead.WaitAsync(cancellationToken);
        gate.Open();
    }

    /// <summary>Waiting connections are dropped.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        gate.Close();
        return Task.CompletedTask;
    }

    /// <summary>Stops the server before any other service, which may stop it once more.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Holds connections until the start is over.</summary>
    internal sealed class Gate
    {
        private readonly TaskCompletionSource<bool> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => opened.TrySetResult(true);

        public void Close() => opened.TrySetResult(false);

        public async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
        {
            try
            {
                if (!await opened.Task.WaitAsync(connection.ConnectionClosed))
                {
                    return;
                }
            }
            catch (OperationCanceledException) when (connection.ConnectionClosed.IsCancellationRequested)
            {
                return;
            }

            await next(connection);
        }
    }
}
