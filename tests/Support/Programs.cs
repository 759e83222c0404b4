using Consumer;
using Infrastructure;
using Infrastructure.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Producer;
using Runner;

namespace Tests.Support;

/// <summary>The programs as their entry points assemble them; nothing of them is started.</summary>
internal static class Programs
{
    /// <summary>Addresses at which nothing listens, for every kind of program there is.</summary>
    public static readonly IReadOnlyList<(string Program, string[] Settings)> All =
    [
        ("Standalone", ["--Storage:InMemory=true"]),
        .. from program in new[] { "Producer", "Consumer", "Runner" }
           from log in new[] { "Kafka=127.0.0.1:9", "RabbitMq=amqp://127.0.0.1:9" }
           select (program, new[]
           {
               $"--ConnectionStrings:{log}", "--ConnectionStrings:MongoDb=mongodb://127.0.0.1:9/t", "--ConnectionStrings:Redis=127.0.0.1:9",
           }),
    ];

    /// <param name="program">Standalone, Producer, Consumer or Runner.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="source">Where settings come from, too; null for nowhere else.</param>
    public static WebApplicationBuilder Create(string program, string[] arguments, IConfigurationSource? source = null)
    {
        var builder = ServiceHost.CreateBuilder("test", arguments);
        builder.Logging.ClearProviders();
        if (source is not null)
        {
            ((IConfigurationBuilder)builder.Configuration).Add(source);
        }

        _ = program switch
        {
            "Producer" => builder.AddEngines(ServiceRoles.Producer).AddProducer(),
            "Consumer" => builder.AddEngines(ServiceRoles.Consumer).AddConsumer(),
            "Runner" => builder.AddEngines(ServiceRoles.Runner).AddRunner(),
            "Standalone" => builder.AddEngines(ServiceRoles.All).AddProducer().AddConsumer().AddRunner(),
            _ => throw new ArgumentOutOfRangeException(nameof(program), program, "Not a program."),
        };
        return builder;
    }
}
