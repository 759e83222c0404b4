using Infrastructure.Hosting;
using Microsoft.Extensions.Configuration;

namespace Infrastructure;

/// <summary>The engines that the configuration names, and errors in their combination.</summary>
/// <param name="Kafka">Connection string; null when not given.</param>
/// <param name="RabbitMq">Connection string; null when not given.</param>
/// <param name="MongoDb">Connection string; null when not given.</param>
/// <param name="Redis">Connection string; null when not given.</param>
internal sealed record EngineSettings(string? Kafka, string? RabbitMq, string? MongoDb, string? Redis)
{
    public static EngineSettings Read(IConfiguration configuration)
    {
        return new EngineSettings(Text("Kafka"), Text("RabbitMq"), Text("MongoDb"), Text("Redis"));

        string? Text(string name) => configuration.GetConnectionString(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
    }

    /// <summary>Combinations that cannot work, each with what to do.</summary>
    public IEnumerable<string> FindFaults(ServiceRoles roles)
    {
        if (Kafka is not null && RabbitMq is not null)
        {
            yield return "ConnectionStrings:Kafka and ConnectionStrings:RabbitMq are both given: name one log.";
        }

        var hasLog = Kafka is not null || RabbitMq is not null;
        if (roles == ServiceRoles.All)
        {
            if (hasLog && MongoDb is null)
            {
                yield return "ConnectionStrings:MongoDb is missing: a log that others share needs a store that they share, too.";
            }

            if (MongoDb is not null && !hasLog)
            {
                yield return "ConnectionStrings:Kafka is missing (or ConnectionStrings:RabbitMq): a store that others share needs a log "
                    + "that they share, too. Without ConnectionStrings:MongoDb both are in the data folder.";
            }

            yield break;
        }

        if (!hasLog)
        {
            yield return "ConnectionStrings:Kafka is missing (or ConnectionStrings:RabbitMq): the services reach each other through a log. "
                + "To start everything in one process instead: dotnet run --project Standalone";
        }

        if (MongoDb is null)
        {
            yield return "ConnectionStrings:MongoDb is missing: the services share a store.";
        }
    }
}
