using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tests.Support;

namespace Tests.Deployment;

/// <summary>The health checks of the compose file, run as Docker runs them.</summary>
public sealed class HealthCommandTests
{
    private static IEnumerable<string> Built => ComposeFile.Instance.Built.Select(service => service.Name);

    [TestCaseSource(nameof(Built))]
    public void Programs_are_asked_whether_they_are_ready_by_the_script_of_their_image(string name) =>
        Assert.That(ComposeFile.Instance.Services[name].HealthCommand, Is.EqualTo(new[] { "healthy", "/health/ready" }));

    [TestCase(200, 0)]
    [TestCase(503, 1)]
    [TestCase(404, 1)]
    public async Task A_program_is_healthy_when_it_answers_200(int status, int expected)
    {
        await using var program = await AnswerAsync(status);

        Assert.That(Healthy(program.Port), Is.EqualTo((expected, $"/health/ready: {status}")));
    }

    [Test]
    public void A_program_that_is_not_there_is_not_healthy() => Assert.That(Healthy(Ports.Take()).ExitCode, Is.EqualTo(1));

    [Test]
    public void A_program_that_accepts_and_never_answers_is_not_healthy_within_the_time_of_the_check()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var watch = Stopwatch.StartNew();

        var (exitCode, _) = Healthy(((IPEndPoint)silent.LocalEndpoint).Port);

        Assert.That((exitCode, watch.Elapsed >= TimeSpan.FromSeconds(3)), Is.EqualTo((1, true)));
    }

    [TestCase("kafka", "/opt/kafka/bin/kafka-broker-api-versions.sh", "--bootstrap-server localhost:19092")]
    [TestCase("redis", "redis-cli", "-e ping")]
    [TestCase("rabbitmq", "rabbitmq-diagnostics", "-q check_port_connectivity")]
    public void An_engine_is_as_healthy_as_its_own_tool_says(string service, string tool, string arguments)
    {
        using var folder = new TemporaryFolder();
        foreach (var code in new[] { 0, 1 })
        {
            var stub = folder.File(Path.GetFileName(tool));
            File.WriteAllText(stub, $"#!/bin/sh\necho \"$@\"\nexit {code}\n");
            Tools.Run("chmod", "+x", stub);
            var command = ComposeFile.Instance.Services[service].HealthCommand.Select(word => word == tool ? stub : word).ToList();

            var (exitCode, output) = Tools.Run(command[0], [.. command.Skip(1)]);

            Assert.That((exitCode, output.Trim()), Is.EqualTo((code, arguments)));
        }
    }

    [Test]
    public void Kafka_is_asked_where_the_programs_reach_it()
    {
        var kafka = ComposeFile.Instance.Services["kafka"];
        var asked = kafka.HealthCommand[^1].Split(':')[1];

        Assert.That(kafka.Environment["KAFKA_LISTENERS"], Does.Contain($"://0.0.0.0:{asked},"));
        Assert.That(kafka.Environment["KAFKA_ADVERTISED_LISTENERS"], Does.Contain($"://kafka:{asked},"));
        Assert.That(
            ComposeFile.Instance.Built.Select(built => built.Environment.GetValueOrDefault("ConnectionStrings__Kafka")).OfType<string>(),
            Is.Not.Empty.And.All.EqualTo($"kafka:{asked}"));
    }

    private static (int ExitCode, string Output) Healthy(int port)
    {
        var (exitCode, output) = Tools.Run("bash", Repository.File("deploy", "healthy"), "/health/ready", $"{port}");
        return (exitCode, output.Trim());
    }

    private static async Task<Answering> AnswerAsync(int status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/health/ready", () => Results.StatusCode(status));
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new Answering(app, new Uri(address).Port);
    }

    private sealed record Answering(WebApplication App, int Port) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
