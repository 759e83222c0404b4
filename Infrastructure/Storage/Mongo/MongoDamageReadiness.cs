using Infrastructure.Hosting;

namespace Infrastructure.Storage.Mongo;

/// <summary>Tells of documents that cannot be read. All others are served, so the service stays ready.</summary>
internal sealed class MongoDamageReadiness(MongoConnection connection) : ReadinessCheck
{
    protected override Task<string?> FindFaultAsync(CancellationToken cancellationToken) => Task.FromResult(connection.Damage.Summary);
}
