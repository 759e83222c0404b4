using Contracts.Timers;
using Infrastructure.Storage;
using Infrastructure.Storage.Sqlite;
using Infrastructure.Timers.Common;

namespace Infrastructure.Timers.Sqlite;

/// <content>What is due at a receiver.</content>
internal sealed partial class SqliteTimerStore : IDestinationLoads
{
    /// <summary>Contents that are looked through: bodies are read along with the addresses.</summary>
    private const long MaxLoadBytes = 32 << 20;

    private const string NearRows =
        "SELECT tenant, next_at, spec FROM timers INDEXED BY timers_due WHERE state = 2 AND next_at >= ?1 AND next_at < ?2 LIMIT ?3";

    // By day only: of a day with very many timers some are looked at.
    private const string FarRows =
        "SELECT tenant, next_at, spec FROM timers INDEXED BY timers_far WHERE state = 3 AND next_at / 86400000 BETWEEN ?1 AND ?2 LIMIT ?3";

    public Task<DestinationLoad> CountAsync(DestinationSpan span, CancellationToken cancellationToken) => file.ReadAsync(
        connection =>
        {
            if (SqliteTenants.Find(connection, span.Tenant) is not { } tenant)
            {
                return new DestinationLoad(0, 0, 0, IsComplete: true);
            }

            var (from, to) = (StoredInstants.AtOrAfter(span.From), StoredInstants.AtOrAfter(span.To));
            var near = Count(connection.Statement(NearRows).Bind(1, from).Bind(2, to), span, tenant, from, to, span.MaxRows);
            var left = span.MaxRows - near.Examined;
            var (first, last) = (from / TimerSchema.MillisecondsPerDay, (to - 1) / TimerSchema.MillisecondsPerDay);
            var byDay = left == 0 ? near with { AtDestination = 0, OfTenant = 0, Examined = 0 }
                : Count(connection.Statement(FarRows).Bind(1, first).Bind(2, last), span, tenant, from, to, left);
            return new DestinationLoad(
                near.AtDestination + byDay.AtDestination, near.OfTenant + byDay.OfTenant, near.Examined + byDay.Examined,
                near.IsComplete && byDay.IsComplete);
        },
        cancellationToken);

    private static DestinationLoad Count(SqliteStatement rows, DestinationSpan span, long tenant, long from, long to, int limit)
    {
        rows.Bind(3, limit);
        var (there, all, examined) = (0, 0, 0);
        long bytes = 0;
        for (; bytes < MaxLoadBytes && rows.Step(); examined++)
        {
            if (rows.Int64(0) == tenant && rows.Int64(1) is var next && next >= from && next < to)
            {
                all++;
                bytes += rows.BlobLength(2);
                there += StoredSpec.ReadUrl(rows.Blob(2)) is { } url && span.Contains(url) ? 1 : 0;
            }
        }

        rows.Reset();
        return new DestinationLoad(there, all, examined, IsComplete: examined < limit && bytes < MaxLoadBytes);
    }
}
