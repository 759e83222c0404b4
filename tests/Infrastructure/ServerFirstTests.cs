using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Tests.Infrastructure;

/// <summary>
/// A program binds before any of its services is started, serves after all of them are, and stops serving before any of them stops.
/// </summary>
public sealed class ServerFirstTests
{
    [Test]
    public async Task On_a_taken_port_no_service_is_started()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var watched = new Watched();

        var code = await RunAsync(watched, ((IPEndPoint)taken.LocalEndpoint).Port);

        Assert.That((code, watched.Events), Is.EqualTo((ServiceHost.CannotStart, Array.Empty<string>())));
        Assert.That(watched.Errors.ToString(), Does.StartWith("Cannot start: ").And.Contain("address already in use"));
    }

    [Test]
    public async Task A_request_that_comes_during_the_start_is_answered_after_it()
    {
        var watched = new Watched { Hold = new TaskCompletionSource() };
        var running = RunAsync(watched, 0);
        var address = await watched.Bound.Task.WaitAsync(TimeSpan.FromSeconds(60));
        using var client = new HttpClient { BaseAddress = new Uri(address) };

        var answer = client.GetStringAsync(new Uri("/", UriKind.Relative));
        await Task.Delay(300);
        var during = answer.IsCompleted;
        watched.Hold.SetResult();

        Assert.That((during, await answer), Is.EqualTo((false, "served")));
        watched.Lifetime!.StopApplication();
        Assert.That(await running, Is.Zero);
    }

    [Test]
    public async Task It_stops_serving_before_any_service_stops()
    {
        var watched = new Watched();
        var running = RunAsync(watched, 0);
        await watched.Started.Task.WaitAsync(TimeSpan.FromSeconds(60));

        watched.Lifetime!.StopApplication();

        Assert.That(await running, Is.Zero);
        Assert.That(watched.Events, Is.EqualTo(new[] { "started", "stopping, refused" }));
    }

    private static Task<int> RunAsync(Watched watched, int port)
    {
        var builder = ServiceHost.CreateBuilder("test", ["--urls", $"http://127.0.0.1:{port}"]);
        builder.Services.AddSingleton(new StartFaults());
        builder.Services.AddSingleton<IHostedService>(provider =>
        {
            watched.Lifetime = provider.GetRequiredService<IHostApplicationLifetime>();
            watched.Server = provider.GetRequiredService<IServer>();
            return watched;
        });
        return Task.Run(() => ServiceHost.RunAsync(builder, app => app.MapGet("/", () => "served"), watched.Errors));
    }

    /// <summary>A service among others.</summary>
    private sealed class Watched : IHostedService
    {
        private readonly ConcurrentQueue<string> events = new();
        private string address = string.Empty;

        /// <summary>What the program says of why it cannot start.</summary>
        public StringWriter Errors { get; } = new();

        public TaskCompletionSource<string> Bound { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource? Hold { get; init; }

        public IHostApplicationLifetime? Lifetime { get; set; }

        public IServer? Server { get; set; }

        public string[] Events => [.. events];

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            address = Server!.Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            Bound.SetResult(address);
            await (Hold?.Task ?? Task.CompletedTask);
            events.Enqueue("started");
            Lifetime!.ApplicationStarted.Register(Started.SetResult);
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            try
            {
                await client.GetStringAsync(new Uri("/", UriKind.Relative), cancellationToken);
                events.Enqueue("stopping, served");
            }
            catch (HttpRequestException)
            {
                events.Enqueue("stopping, refused");
            }
        }
    }
}
